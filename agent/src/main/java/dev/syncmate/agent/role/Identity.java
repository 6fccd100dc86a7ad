// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.schema.AgentRegistration;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.Role;
import java.util.UUID;

/**
 * Who an agent is.
 *
 * @param domain hosts that share the destination file system declare the same one
 * @param destination whose copy it receives
 */
public record Identity(
    String name, String host, Role role, String domain, String destination, String agentVersion) {
  AgentRegistration newRegistration(FolderIds folders) {
    return new AgentRegistration(
        UUID.randomUUID().toString(),
        name,
        host,
        role,
        domain,
        agentVersion,
        Contract.VERSION,
        destination,
        folders.target(),
        folders.cache());
  }
}
