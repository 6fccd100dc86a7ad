// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes up to max_tasks tasks. Wire shape: lease-request.schema.json. */
public record LeaseRequest(
    String sessionId,
    String requestId,
    Direction direction,
    int maxTasks,
    long maxBytes,
    List<String> zones,
    @Nullable List<String> dearZones,
    @Nullable Long freeBytes) {
  /** Copies the lists. */
  public LeaseRequest {
    zones = List.copyOf(zones);
    dearZones = dearZones == null ? null : List.copyOf(dearZones);
  }
}
