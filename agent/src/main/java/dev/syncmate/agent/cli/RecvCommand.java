// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.AgentRequest;
import dev.syncmate.agent.cli.run.AgentRun;
import dev.syncmate.agent.cli.run.RecvRequest;
import dev.syncmate.agent.cli.run.SkipDbRun;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.schema.Role;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
      "  java -jar agent.jar recv --skip-db --once -D /data/woc      (without a coordinator)",
      "",
      SyncMate.EXIT_CODES
    })
final class RecvCommand implements Callable<Integer> {
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin AgentFlags agent = new AgentFlags();
  @Mixin PlanFlags plan = new PlanFlags();
  @Mixin RecvFlags recv = new RecvFlags();
  @Mixin SkipDbFlags skipDb = new SkipDbFlags();

  @Option(
      names = "--once",
      description =
          "With --skip-db: take what lies in the bucket now and end, with exit code 1 if files are"
              + " missing, instead of waiting for them.")
  boolean once;

  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    skipDb.requireFor("--once", once);
    Console console = SyncMate.console(spec);
    AgentConfig loaded = agent.over(config.load());
    AgentRequest request = agent.request(Role.RECV, loaded).until(plan.request());
    RecvRequest folders = recv.request(loaded);
    ExitCode ending =
        skipDb.skipDb
            ? new SkipDbRun(request, skipDb.pollInterval(), console).receive(folders, once)
            : AgentRun.run(request.receiving(folders), loaded.coordinator(), console);
    return ending.code();
  }
}
