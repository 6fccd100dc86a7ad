// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.AgentRequest;
import dev.syncmate.agent.cli.run.AgentRun;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.schema.Role;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs an agent: leases work of any job and stays, so that a node joins with config.json alone. */
@Command(
    name = "agent",
    description = {"Lease and do work of any job until told to stop.", ""},
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  java -jar agent.jar --role send -c config.json",
      "  java -jar agent.jar --role recv -c config.json -D /data/woc",
      "",
      "SIGTERM drains: no new lease, work in hand is finished or given back, exit 0.",
      "",
      SyncMate.EXIT_CODES
    })
final class AgentCommand implements Callable<Integer> {
  @Option(
      names = "--role",
      required = true,
      paramLabel = "send|recv|both",
      description = "What the agent does.")
  @Nullable Role role;

  @Mixin ConfigOption config = new ConfigOption();
  @Mixin AgentFlags agent = new AgentFlags();
  @Mixin SendFlags send = new SendFlags();
  @Mixin RecvFlags recv = new RecvFlags();
  @Spec @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Role wanted = Objects.requireNonNull(role);
    AgentConfig loaded = agent.over(config.load());
    AgentRequest request = agent.request(wanted, loaded);
    if (wanted != Role.RECV) {
      request = request.sending(send.request(loaded));
    }
    if (wanted != Role.SEND) {
      request = request.receiving(recv.request(loaded));
    }
    return AgentRun.run(request, loaded.coordinator(), SyncMate.console(spec)).code();
  }
}
