// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.failure.ExitCode;
import org.jspecify.annotations.Nullable;

/**
 * A job to be told about, and what it is measured with.
 *
 * @param paths where sources lie on this host
 * @param rateBytes what all hosts together move in a second
 * @param destinationFreeBytes null: not checked
 */
public record PlanRequest(
    JobRequest job, PathMap paths, long rateBytes, @Nullable Long destinationFreeBytes) {
  /** Refuses a rate of nothing. */
  public PlanRequest {
    if (rateBytes < 1) {
      throw new CommandException(ExitCode.USAGE, "--rate: 0 (expected: at least 1 byte a second)");
    }
  }
}
