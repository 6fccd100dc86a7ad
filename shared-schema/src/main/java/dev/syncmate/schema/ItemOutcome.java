// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Answer to one item of a batch. */
public enum ItemOutcome {
  @JsonProperty("ok")
  OK,
  @JsonProperty("refused")
  REFUSED
}
