// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** An open session. Wire shape: agent-session.schema.json. */
public record AgentSession(
    String sessionId,
    int contractVersion,
    int leaseDurationMs,
    int heartbeatIntervalMs,
    int pollIntervalMs,
    List<Zone> zones) {
  /** Copies the lists. */
  public AgentSession {
    zones = List.copyOf(zones);
  }
}
