// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** What the agent must know. Wire shape: heartbeat-reply.schema.json. */
public record HeartbeatReply(
    int leaseDurationMs,
    int heartbeatIntervalMs,
    int pollIntervalMs,
    List<String> lost,
    List<String> lostFiles,
    Directive directive,
    List<Zone> zones) {
  /** Copies the lists. */
  public HeartbeatReply {
    lost = List.copyOf(lost);
    lostFiles = List.copyOf(lostFiles);
    zones = List.copyOf(zones);
  }
}
