// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Result of placing. */
public enum PlacedOutcome {
  @JsonProperty("placed")
  PLACED,
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("retry")
  RETRY,
  @JsonProperty("restart")
  RESTART,
  @JsonProperty("release")
  RELEASE
}
