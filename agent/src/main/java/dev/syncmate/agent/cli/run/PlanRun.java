// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.ByteText;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.CountProgress;
import dev.syncmate.agent.cli.terminal.PlanJson;
import dev.syncmate.agent.cli.terminal.PlanReport;
import dev.syncmate.agent.cli.terminal.PlanTable;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.plan.SourcesHere;
import dev.syncmate.agent.plan.figures.PlanSummary;
import dev.syncmate.agent.plan.figures.PlanSummary.Measure;
import dev.syncmate.agent.profile.Profiles;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Says what {@code send} would do with a pair of profiles, without doing it. */
public final class PlanRun {
  private final PlanRequest request;
  private final Console console;

  /** Says it there. */
  public PlanRun(PlanRequest request, Console console) {
    this.request = request;
    this.console = console;
  }

  /** Answers with the exit code: not 0 if something of it can't work. */
  public ExitCode run(boolean json) throws IOException, InterruptedException {
    PlanReport report = report();
    if (json) {
      PlanJson object = PlanJson.of(JobPlan.id(request.job(), report.plan()), report);
      console.write(Console.STDOUT, object::write);
    } else {
      new PlanTable(report).lines().forEach(console::result);
    }
    console.notes("warning", report.plan().warnings());
    console.notes("clash", report.plan().clashes());
    console.notes("unreadable", report.sources().problems());
    console.notes("error", report.errors());
    boolean works = report.errors().isEmpty() && report.sources().problems().isEmpty();
    return works ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  private PlanReport report() throws InterruptedException {
    JobRequest job = request.job();
    Plan plan =
        JobPlan.ofEveryHost()
            .allowingShrink(job.allowsShrink())
            .plan(Profiles.read(job.source(), job.destination()));
    SourcesHere sources;
    try (CountProgress progress = new CountProgress("sources looked at", console)) {
      sources = SourcesHere.of(plan, request.paths()::map, progress);
    }
    Measure measure = new Measure(job.sliceSizeBytes(), job.windowBytes(), request.rateBytes());
    PlanSummary summary = PlanSummary.of(plan, sources, measure);
    return new PlanReport(measure, plan, sources, summary, errors(plan, summary));
  }

  private List<String> errors(Plan plan, PlanSummary summary) {
    return Stream.of(
            plan.errors().stream().map(FileError::line),
            summary.impossible().stream(),
            tooLittleSpace(summary.space().leastBytes()))
        .flatMap(lines -> lines)
        .toList();
  }

  private Stream<String> tooLittleSpace(long neededBytes) {
    Long free = request.destinationFreeBytes();
    return free == null || free >= neededBytes
        ? Stream.of()
        : Stream.of(
            "the destination has %s free (expected: at least %s)"
                .formatted(ByteText.size(free), ByteText.size(neededBytes)));
  }
}
