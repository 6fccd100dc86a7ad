// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Says what send would do. */
@Command(
    name = "plan",
    description = {
      "Say what send would do with two profiles: files, bytes, slices, time, cost, space.",
      "Nothing is submitted; no coordinator is asked.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Sources that lie on this host are looked at; whether a file that has grown is appended to",
      "can be said of these only. Exit code 1: something of it can't work, see the last lines.",
      "",
      "Examples:",
      "  java -jar agent.jar plan -s woc.src.json -d woc.dst.json --rate 500MiB --window 2TiB",
      "  java -jar agent.jar plan --json | jq '.files[] | select(.mode == \"append\")'",
      "",
      SyncMate.EXIT_CODES
    })
final class PlanCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @ParentCommand @Nullable SyncMate root;
  @Mixin PlanFlags plan = new PlanFlags();
  @Mixin PlanReportFlags report = new PlanReportFlags();

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Configuration; only its paths matter here, where the sources lie (default: none).")
  @Nullable Path config;

  @Option(names = "--json", description = "Print one JSON object, each file in it.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    Path file = config;
    AgentConfig read =
        file == null
            ? AgentConfig.withoutFile(System.getenv())
            : AgentConfig.load(file, System.getenv());
    return new PlanRun(plan, report, read.paths(), Console.of(spec)).run(json, root);
  }
}
