// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Takes files whose prefix is to be compared. Wire shape: take-resolving.schema.json. */
public record TakeResolving(String sessionId, String requestId, List<String> zones, int maxFiles) {
  /** Copies the lists. */
  public TakeResolving {
    zones = List.copyOf(zones);
  }
}
