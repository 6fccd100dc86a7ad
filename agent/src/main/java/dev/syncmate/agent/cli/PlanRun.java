// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Measure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what {@code send} would do with a pair of profiles, without doing it. */
final class PlanRun {
  private final PlanFlags flags;
  private final PlanReportFlags report;
  private final PathMap paths;
  private final Console console;

  PlanRun(PlanFlags flags, PlanReportFlags report, PathMap paths, Console console) {
    this.flags = flags;
    this.report = report;
    this.paths = paths;
    this.console = console;
  }

  /** Answers with the exit code: not 0 if something of it can't work. */
  int run(boolean json, @Nullable SyncMate root) throws IOException, InterruptedException {
    if (report.rateBytes < 1) {
      throw new CommandException(ExitCode.USAGE, "--rate: 0 (expected: at least 1 byte a second)");
    }
    Plan plan = JobPlan.plan(flags);
    SourcesHere sources;
    try (CountProgress progress = new CountProgress("sources looked at", console)) {
      sources = SourcesHere.of(plan, paths::map, progress);
    }
    PlanSummary summary =
        PlanSummary.of(
            plan, sources, new Measure(flags.sliceSizeBytes, flags.windowBytes, report.rateBytes));
    List<String> errors = new ArrayList<>(plan.errors().stream().map(FileError::line).toList());
    errors.addAll(summary.impossible());
    tooLittleSpace(summary, errors);
    if (json) {
      write(PlanJson.of(new PlanReport(flags, report, plan, sources, summary, errors)));
    } else {
      new PlanTable(flags, report, plan, summary).lines().forEach(console.out()::println);
    }
    console.out().flush();
    Notes notes = Notes.of(console, root);
    notes.print("warning", plan.warnings());
    notes.print("clash", plan.clashes());
    notes.print("unreadable", sources.problems());
    notes.print("error", errors);
    boolean works = errors.isEmpty() && sources.problems().isEmpty();
    return (works ? ExitCode.DONE : ExitCode.SOME_FAILED).code();
  }

  private void write(PlanJson json) throws IOException {
    json.write(console.out());
    if (console.out().checkError()) {
      throw new CommandException(ExitCode.LOCAL_IO, "standard output: can't be written");
    }
  }

  private void tooLittleSpace(PlanSummary summary, List<String> errors) {
    Long free = report.destinationFreeBytes;
    long least = summary.space().leastBytes();
    if (free != null && free < least) {
      errors.add(
          "the destination has %s free (expected: at least %s)"
              .formatted(ByteText.size(free), ByteText.size(least)));
    }
  }
}
