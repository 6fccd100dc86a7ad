// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.run.AgentRequest;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.ConfigKey;
import dev.syncmate.agent.config.LimitsConfig;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.role.AgentOptions;
import dev.syncmate.agent.role.Identity;
import dev.syncmate.schema.Role;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of every command that runs an agent. */
final class AgentFlags {
  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of this agent in status and logs (default: config, else the host's).")
  @Nullable String name;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      description =
          "Hosts that share the destination file system declare the same domain (default: config,"
              + " else the host's name).")
  @Nullable String domain;

  @Option(
      names = "--destination",
      paramLabel = "NAME",
      description =
          "The copy that this agent receives for; hosts of one copy with disks of their own, and so"
              + " other domains, declare the same one (default: config, else the domain).")
  @Nullable String destination;

  @Option(
      names = "--transfers",
      paramLabel = "N",
      description =
          "Slices moved at once, 1 to 100 (default: config, else "
              + LimitsConfig.TRANSFERS_DEFAULT
              + ").")
  @Nullable Integer transfers;

  @Option(
      names = "--drain-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "After SIGTERM, let slices in work finish for so long, then give them back (default:"
              + " ${DEFAULT-VALUE}).")
  int drainTimeoutSeconds = 60;

  @Option(
      names = "--json",
      description = "Print the result as one JSON line on stdout, and no progress bar.")
  boolean json;

  /** The configuration under these flags. */
  AgentConfig over(AgentConfig config) {
    return config
        .with(ConfigKey.NAME, "--name", name)
        .with(ConfigKey.DOMAIN, "--domain", domain)
        .with(ConfigKey.DESTINATION, "--destination", destination);
  }

  /** An agent of that role, which neither sends nor receives yet. */
  AgentRequest request(Role role, AgentConfig config) {
    Identity identity =
        new Identity(
            config.name(),
            AgentConfig.hostName(),
            role,
            config.domain(),
            config.destination(),
            VersionProvider.version());
    return new AgentRequest(
        config.store(),
        new AgentOptions(identity, limits(config).transfers()),
        Duration.ofSeconds(drainTimeoutSeconds),
        json,
        null,
        null,
        null);
  }

  private LimitsConfig limits(AgentConfig config) {
    if (transfers == null) {
      return config.limits();
    }
    try {
      return new LimitsConfig(transfers);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--" + e.getMessage(), e);
    }
  }
}
