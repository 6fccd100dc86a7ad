// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents, by session id. Wire shape: agent-page.schema.json. */
public record AgentPage(List<AgentStatus> agents, @Nullable String next) {
  /** Copies the list. */
  public AgentPage {
    agents = List.copyOf(agents);
  }
}
