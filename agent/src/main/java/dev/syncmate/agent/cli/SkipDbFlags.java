// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.failure.ExitCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Flags of send and recv for working without a coordinator. */
final class SkipDbFlags {
  private static final int POLL_SECONDS_DEFAULT = 30;

  @Option(
      names = "--skip-db",
      description =
          "Work without a coordinator: one object a file or tail, its key the virtual path, as the"
              + " seed tool does. Objects are checked by size and sample digest alone.")
  boolean skipDb;

  @Option(
      names = "--poll-interval",
      paramLabel = "SECONDS",
      description =
          "With --skip-db: list the bucket so often while waiting for objects or for room"
              + " (default: "
              + POLL_SECONDS_DEFAULT
              + ").")
  @Nullable Integer pollSeconds;

  Duration pollInterval() {
    int seconds = pollSeconds == null ? POLL_SECONDS_DEFAULT : pollSeconds;
    if (seconds < 1) {
      throw new CommandException(
          ExitCode.USAGE, "--poll-interval: %d (expected: seconds, 1 or more)".formatted(seconds));
    }
    return Duration.ofSeconds(seconds);
  }

  /**
   * Refuses flags that mean nothing with a coordinator.
   *
   * @param flag the command's own flag of this kind
   */
  void requireFor(String flag, boolean given) {
    if (!skipDb && (given || pollSeconds != null)) {
      throw new CommandException(
          ExitCode.USAGE,
          "%s: only with --skip-db (the coordinator decides otherwise)"
              .formatted(given ? flag : "--poll-interval"));
    }
  }
}
