// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

/**
 * How much an agent does at once.
 *
 * @param transfers slices moved at once, each way
 */
public record LimitsConfig(int transfers) {
  /** Unless another number is given. */
  public static final int TRANSFERS_DEFAULT = 8;

  /** Most slices that one agent moves at once. */
  public static final int TRANSFERS_MAX = 100;

  static final String TRANSFERS = "transfers";

  /** Refuses numbers out of range. */
  public LimitsConfig {
    if (transfers < 1 || transfers > TRANSFERS_MAX) {
      throw new IllegalArgumentException(
          "transfers: %d (expected: 1 to %d)".formatted(transfers, TRANSFERS_MAX));
    }
  }
}
