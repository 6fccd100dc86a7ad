// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.schema.Role;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Submits the job of a pair of profiles and receives its slices until the job is done. */
@Command(
    name = "recv",
    description = {
      "Submit the job of two profiles (if nobody has), receive and place until it is done.",
      "Run it on as many destination hosts as you like: the same pair is the same job.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  java -jar agent.jar recv -D /data/woc",
      "  java -jar agent.jar recv -s woc.src.json -d woc.dst.json -c config.json -D /data/woc",
      "",
      SyncMate.EXIT_CODES
    })
final class RecvCommand implements Callable<Integer> {
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin AgentFlags agent = new AgentFlags();
  @Mixin PlanFlags plan = new PlanFlags();
  @Mixin RecvFlags recv = new RecvFlags();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    AgentRequest request =
        new AgentRequest(Role.RECV, agent.over(config.load()), agent, recv, plan);
    return AgentRun.run(request, Console.of(spec));
  }
}
