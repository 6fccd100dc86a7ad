// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option that names the configuration, as a picocli mixin. */
final class ConfigOption {
  @Spec(Spec.Target.MIXEE)
  @Nullable CommandSpec command;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      defaultValue = "config.json",
      description = {
        "Configuration (default: ${DEFAULT-VALUE}).",
        "SYNCMATE_<KEY> in the environment overrides a key of it."
      })
  Path file = Path.of("config.json");

  /** Reads the configuration and prints what is odd about it. */
  AgentConfig load() {
    AgentConfig config = AgentConfig.load(file, System.getenv());
    config.warnings().forEach(SyncMate.console(command)::warn);
    return config;
  }
}
