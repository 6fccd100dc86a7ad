// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a target will change, as far as the plan knows. */
public enum PlanMode {
  @JsonProperty("full")
  FULL,
  @JsonProperty("append")
  APPEND,
  @JsonProperty("unresolved")
  UNRESOLVED,
  @JsonProperty("repair")
  REPAIR
}
