// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.util.OptionalInt;

/** How much an agent does at once; what is not given is up to the command. */
public record LimitsConfig(OptionalInt transfers) {
  /** Most slices that one agent moves at once. */
  public static final int TRANSFERS_MAX = 100;

  static final String TRANSFERS = "transfers";

  /** Refuses numbers out of range. */
  public LimitsConfig {
    transfers.ifPresent(
        n -> {
          if (n < 1 || n > TRANSFERS_MAX) {
            throw new IllegalArgumentException(
                "transfers: %d (expected: 1 to %d)".formatted(n, TRANSFERS_MAX));
          }
        });
  }
}
