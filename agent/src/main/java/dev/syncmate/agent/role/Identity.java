// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Role;
import java.util.UUID;

/**
 * Who an agent is.
 *
 * @param domain hosts that share the destination file system declare the same one
 */
public record Identity(String name, String host, Role role, String domain, String agentVersion) {
  AgentRegistration newRegistration() {
    return new AgentRegistration(
        UUID.randomUUID().toString(), name, host, role, domain, agentVersion, Contract.VERSION);
  }
}
