// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.TaskgenRun;
import dev.syncmate.agent.cli.terminal.Console;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
  @Spec @Nullable CommandSpec spec;

  @Mixin ProfileFlags profiles = new ProfileFlags();
  @Mixin PathsOption config = new PathsOption();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = Console.STDOUT,
      description = "Where the tasks go (default: ${DEFAULT-VALUE}, standard output).")
  String output = Console.STDOUT;

  @Option(
      names = "--local-only",
      description = "Leave out files that are not on a local disk of this host.")
  boolean localOnly;

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new TaskgenRun(config.paths(), localOnly, profiles.allowsShrink, SyncMate.console(spec))
        .run(profiles.source, profiles.destination, output)
        .code();
  }
}
