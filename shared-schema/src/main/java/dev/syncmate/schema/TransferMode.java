// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a target changes. */
public enum TransferMode {
  @JsonProperty("full")
  FULL,
  @JsonProperty("append")
  APPEND,
  @JsonProperty("repair")
  REPAIR
}
