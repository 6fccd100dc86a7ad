// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.PlanRun;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
  @Mixin PlanFlags plan = new PlanFlags();
  @Mixin PlanReportFlags report = new PlanReportFlags();
  @Mixin PathsOption config = new PathsOption();

  @Option(names = "--json", description = "Print one JSON object, each file in it.")
  boolean json;

  @Override
  public Integer call() throws Exception {
    return new PlanRun(report.request(plan.request(), config.paths()), SyncMate.console(spec))
        .run(json)
        .code();
  }
}
