// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.schema.AgentSession;
import dev.syncmate.schema.HeartbeatReply;
import dev.syncmate.schema.Zone;
import java.time.Duration;
import java.util.List;

/**
 * What the coordinator says of a session, when it opens it and each time that it renews it.
 *
 * @param lease how long it lives without a heartbeat
 * @param heartbeat time between heartbeats
 * @param poll time between questions for work when there was none
 * @param zones where the sources of the work lie that there is
 */
record SessionTerms(Duration lease, Duration heartbeat, Duration poll, List<Zone> zones) {
  /** Before the first session. */
  static final SessionTerms UNKNOWN =
      new SessionTerms(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), List.of());

  static SessionTerms of(AgentSession opened) {
    return new SessionTerms(
        Duration.ofMillis(opened.leaseDurationMs()),
        Duration.ofMillis(opened.heartbeatIntervalMs()),
        Duration.ofMillis(opened.pollIntervalMs()),
        opened.zones());
  }

  static SessionTerms of(HeartbeatReply renewed) {
    return new SessionTerms(
        Duration.ofMillis(renewed.leaseDurationMs()),
        Duration.ofMillis(renewed.heartbeatIntervalMs()),
        Duration.ofMillis(renewed.pollIntervalMs()),
        renewed.zones());
  }
}
