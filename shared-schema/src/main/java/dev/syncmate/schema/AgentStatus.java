// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** An agent as the coordinator sees it. Wire shape: agent-status.schema.json. */
public record AgentStatus(
    String sessionId,
    String name,
    String host,
    Role role,
    String domain,
    @Nullable String destination,
    AgentState state,
    int leases,
    long transferredBytes,
    long bytesPerSecond,
    long lastSeenMs,
    String agentVersion,
    Directive directive,
    int failingTasks) {}
