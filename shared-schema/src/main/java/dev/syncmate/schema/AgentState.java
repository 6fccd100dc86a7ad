// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether an agent is heard of. */
public enum AgentState {
  @JsonProperty("live")
  LIVE,
  @JsonProperty("expired")
  EXPIRED
}
