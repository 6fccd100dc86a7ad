// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.cli.terminal.CountProgress;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.disk.FileSystems;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.plan.Planner;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.profile.Profiles;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Compares two profiles and writes what must move. */
public final class TaskgenRun {
  private final PathMap paths;
  private final boolean localOnly;
  private final boolean allowsShrink;
  private final Console console;

  /** To ask for each file takes longer than all the rest. */
  private final Map<Path, Boolean> networkFolders = new HashMap<>();

  private final List<String> leftOut = new ArrayList<>();

  /**
   * @param paths where sources lie on this host
   * @param localOnly leave out what is not on a local disk of this host
   * @param allowsShrink let smaller sources take the place of larger files
   */
  public TaskgenRun(PathMap paths, boolean localOnly, boolean allowsShrink, Console console) {
    this.paths = paths;
    this.localOnly = localOnly;
    this.allowsShrink = allowsShrink;
    this.console = console;
  }

  /** Writes the tasks to the named file, or to {@link Console#STDOUT}. */
  public ExitCode run(Path source, Path destination, String output)
      throws IOException, InterruptedException {
    Plan plan;
    try (CountProgress progress = new CountProgress("sources compared", console)) {
      plan =
          new Planner(paths::map)
              .withProgress(progress)
              .allowingShrink(allowsShrink)
              .plan(Profiles.read(source, destination));
    }
    AtomicLong lines = new AtomicLong();
    console.write(output, out -> lines.set(TaskLines.write(() -> lines(plan).iterator(), out)));
    console.notes("warning", plan.warnings());
    console.notes("warning", plan.clashes());
    console.notes("note", leftOut);
    console.notes("error", plan.errors().stream().map(FileError::line).toList());
    console.say(Console.PROGRAM + ": " + summary(plan, lines.get()));
    return plan.errors().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED;
  }

  private Stream<TaskLine> lines(Plan plan) {
    return plan.files().stream()
        .filter(this::isWritten)
        .flatMap(file -> TaskLines.of(file).stream());
  }

  private boolean isWritten(PlannedFile file) {
    boolean written = !localOnly || isLocal(file);
    if (!written) {
      leftOut.add("%s: not on a local disk here: left out".formatted(file.sourcePath()));
    }
    return written;
  }

  private boolean isLocal(PlannedFile file) {
    if (file.mode() == PlanMode.UNRESOLVED) {
      return false;
    }
    try {
      // A link may lead to another file system.
      Path here = paths.map(file.sourcePath()).toRealPath();
      Path folder = here.getParent();
      return folder != null
          && Files.isRegularFile(here)
          && !networkFolders.computeIfAbsent(folder, FileSystems::isNetwork);
    } catch (TransferException | IOException notHere) {
      return false;
    }
  }

  private String summary(Plan plan, long lines) {
    long files = plan.files().size();
    if (files == 0 && plan.errors().isEmpty()) {
      return "nothing to move: %d files are unchanged".formatted(plan.unchangedFiles());
    }
    Plan.Tally tally = plan.tally();
    return String.format(
        Locale.ROOT,
        "%d files to move (%d full, %d append, %d unresolved; %d bytes), %d unchanged, %d with errors,"
            + " %d left out; %d tasks written",
        files,
        tally.full(),
        tally.append(),
        tally.unresolved(),
        tally.bytes(),
        plan.unchangedFiles(),
        plan.errors().size(),
        leftOut.size(),
        lines);
  }
}
