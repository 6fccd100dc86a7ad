// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.config.LimitsConfig;
import dev.syncmate.schema.Role;

/**
 * How an agent works.
 *
 * @param transfersMax slices moved at once, each way
 * @param deleteRemote whether received objects are deleted from the store
 */
public record AgentOptions(Identity identity, int transfersMax, boolean deleteRemote) {
  /** Checks the number of transfers. */
  public AgentOptions {
    if (transfersMax < 1 || transfersMax > LimitsConfig.TRANSFERS_MAX) {
      throw new IllegalArgumentException(
          "transfers: %d (expected: 1 to %d)".formatted(transfersMax, LimitsConfig.TRANSFERS_MAX));
    }
  }

  boolean sends() {
    return identity.role() != Role.RECV;
  }

  boolean receives() {
    return identity.role() != Role.SEND;
  }
}
