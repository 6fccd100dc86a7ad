// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.PathMap;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the configuration, where it says no more than where sources lie. */
final class PathsOption {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description =
          "Configuration; only its paths matter here, where the sources lie (default: none).")
  @Nullable Path file;

  PathMap paths() {
    AgentConfig config =
        file == null
            ? AgentConfig.withoutFile(System.getenv())
            : AgentConfig.load(file, System.getenv());
    return config.paths();
  }
}
