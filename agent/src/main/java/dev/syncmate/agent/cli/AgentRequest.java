// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.schema.Role;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked an agent to be.
 *
 * @param plan the pair whose job ends the agent, or null: stay until told to stop
 */
record AgentRequest(
    Role role,
    AgentConfig config,
    AgentFlags agent,
    SendFlags send,
    RecvFlags recv,
    @Nullable PlanFlags plan) {
  boolean sends() {
    return role != Role.RECV;
  }

  boolean receives() {
    return role != Role.SEND;
  }
}
