// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.schema.Role;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
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
  @ParentCommand @Nullable SyncMate root;

  @Option(names = "--dry-run", description = "Only say what would be done, as the plan command.")
  boolean dryRun;

  @Override
  public Integer call() throws Exception {
    skipDb.requireFor("--overwrite", overwrite);
    if (dryRun) {
      return new PlanRun(plan, report, config.load().paths(), Console.of(spec))
          .run(agent.json, root);
    }
    AgentRequest request =
        new AgentRequest(Role.SEND, agent.over(config.load()), agent, send, new RecvFlags(), plan);
    Console console = Console.of(spec);
    return skipDb.skipDb
        ? new SkipDbRun(request, skipDb, console).send(overwrite)
        : AgentRun.run(request, console);
  }
}
