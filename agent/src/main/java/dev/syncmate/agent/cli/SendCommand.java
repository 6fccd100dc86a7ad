// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.AgentRequest;
import dev.syncmate.agent.cli.run.AgentRun;
import dev.syncmate.agent.cli.run.PlanRun;
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

/** Submits the job of a pair of profiles and sends its slices until the job is done. */
@Command(
    name = "send",
    description = {
      "Submit the job of two profiles (if nobody has), send until it is done.",
      "Run it on as many source hosts as you like: the same pair is the same job.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  java -jar agent.jar send",
      "  java -jar agent.jar send -s woc.src.json -d woc.dst.json -c config.json --transfers 16",
      "  java -jar agent.jar send --skip-db             (without a coordinator)",
      "",
      SyncMate.EXIT_CODES
    })
final class SendCommand implements Callable<Integer> {
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin AgentFlags agent = new AgentFlags();
  @Mixin SendFlags send = new SendFlags();
  @Mixin PlanFlags plan = new PlanFlags();
  @Mixin PlanReportFlags report = new PlanReportFlags();
  @Mixin SkipDbFlags skipDb = new SkipDbFlags();

  @Option(
      names = "--overwrite",
      description = "With --skip-db: send also what lies in the bucket with the right size.")
  boolean overwrite;

  @Spec @Nullable CommandSpec spec;

  @Option(names = "--dry-run", description = "Only say what would be done, as the plan command.")
  boolean dryRun;

  @Override
  public Integer call() throws Exception {
    skipDb.requireFor("--overwrite", overwrite);
    Console console = SyncMate.console(spec);
    AgentConfig loaded = agent.over(config.load());
    if (dryRun) {
      return new PlanRun(report.request(plan.request(), loaded.paths()), console)
          .run(agent.json)
          .code();
    }
    AgentRequest request = agent.request(Role.SEND, loaded).until(plan.request());
    ExitCode ending =
        skipDb.skipDb
            ? new SkipDbRun(request, skipDb.pollInterval(), console).send(loaded.paths(), overwrite)
            : AgentRun.run(request.sending(send.request(loaded)), loaded.coordinator(), console);
    return ending.code();
  }
}
