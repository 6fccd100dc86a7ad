// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import java.time.Duration;

/**
 * How to work without a coordinator.
 *
 * @param transfersMax objects moved at once
 * @param pollInterval between two listings of the bucket while there is nothing to do
 */
public record RelayOptions(int transfersMax, Duration pollInterval) {
  public RelayOptions {
    if (transfersMax < 1) {
      throw new IllegalArgumentException(
          "transfers: %d (expected: at least 1)".formatted(transfersMax));
    }
    if (pollInterval.isNegative() || pollInterval.isZero()) {
      throw new IllegalArgumentException(
          "poll-interval: %s (expected: more than 0)".formatted(pollInterval));
    }
  }
}
