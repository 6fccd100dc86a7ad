// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.digest.OutputFile;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.plan.Planner;
import dev.syncmate.agent.plan.tasklist.TaskLines;
import dev.syncmate.agent.profile.Profiles;
import dev.syncmate.agent.slice.FileSystems;
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
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Compares two profiles and writes what must move, one JSON object a line. */
@Command(
    name = "taskgen",
    description = {"Compare two profiles and write what must move, one JSON object a line.", ""},
    footerHeading = "%n",
    footer = {
      "A file that has grown is appended to if the destination's bytes are its",
      "beginning. Where the source's folder is not on this host, both candidates are",
      "written: the tail and the whole file. Paths stay as the profiles name them.",
      "A file whose folder is here and that can't be read is said and skipped (exit code 1).",
      "",
      "Examples:",
      "  java -jar agent.jar taskgen -s woc.src.json -d woc.dst.json -o tasks.jsonl",
      "  java -jar agent.jar taskgen -c config.json --local-only > tasks.jsonl",
      "",
      SyncMate.EXIT_CODES
    })
final class TaskgenCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  /** To ask for each file takes longer than all the rest. */
  private final Map<Path, Boolean> networkFolders = new HashMap<>();

  @Spec @Nullable CommandSpec spec;

  @ParentCommand @Nullable SyncMate root;

  @Mixin ProfileFlags profiles = new ProfileFlags();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = STDOUT,
      description = "Where the tasks go (default: ${DEFAULT-VALUE}, standard output).")
  String output = STDOUT;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Configuration; only its paths matter here, where the sources lie (default: none).")
  @Nullable Path config;

  @Option(
      names = "--local-only",
      description = "Leave out files that are not on a local disk of this host.")
  boolean localOnly;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Console console = Console.of(spec);
    PathMap paths = paths();
    Plan plan;
    try (CountProgress progress = new CountProgress("sources compared", console)) {
      plan =
          new Planner(paths::map)
              .withProgress(progress)
              .plan(Profiles.read(profiles.source, profiles.destination));
    }

    List<String> leftOut = new ArrayList<>();
    long lines = write(() -> lines(plan, paths, leftOut).iterator(), console);

    Notes notes = Notes.of(console, root);
    notes.print("warning", plan.warnings());
    notes.print("warning", plan.clashes());
    notes.print("note", leftOut);
    notes.print("error", plan.errors().stream().map(FileError::line).toList());
    console.say(SyncMate.NAME + ": " + summary(plan, lines, leftOut.size()));
    return (plan.errors().isEmpty() ? ExitCode.DONE : ExitCode.SOME_FAILED).code();
  }

  private Stream<TaskLine> lines(Plan plan, PathMap paths, List<String> leftOut) {
    return plan.files().stream()
        .filter(
            file -> {
              boolean written = !localOnly || isLocal(paths, file);
              if (!written) {
                leftOut.add("%s: not on a local disk here: left out".formatted(file.sourcePath()));
              }
              return written;
            })
        .flatMap(file -> TaskLines.of(file).stream());
  }

  private PathMap paths() {
    Path file = config;
    return (file == null
            ? AgentConfig.withoutFile(System.getenv())
            : AgentConfig.load(file, System.getenv()))
        .paths();
  }

  private long write(Iterable<TaskLine> lines, Console console) throws IOException {
    AtomicLong count = new AtomicLong();
    OutputFile.Content content = out -> count.set(TaskLines.write(lines, out));
    if (!output.equals(STDOUT)) {
      OutputFile.replace(Path.of(output), content);
      return count.get();
    }
    content.writeTo(console.out());
    if (console.out().checkError()) {
      throw new CommandException(ExitCode.LOCAL_IO, "standard output: can't be written");
    }
    return count.get();
  }

  private static String summary(Plan plan, long lines, int leftOut) {
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
        leftOut,
        lines);
  }

  private boolean isLocal(PathMap paths, PlannedFile file) {
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
}
