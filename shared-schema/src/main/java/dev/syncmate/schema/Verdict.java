// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Result of a prefix check. */
public enum Verdict {
  @JsonProperty("append")
  APPEND,
  @JsonProperty("full")
  FULL,
  @JsonProperty("unreachable")
  UNREACHABLE,
  @JsonProperty("failed")
  FAILED
}
