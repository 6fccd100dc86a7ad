// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** Registers an agent: opens a session. Wire shape: agent-registration.schema.json. */
public record AgentRegistration(
    String sessionId,
    String name,
    String host,
    Role role,
    String domain,
    String agentVersion,
    int contractVersion,
    @Nullable String destination,
    @Nullable String targetFolderId,
    @Nullable String cacheFolderId) {}
