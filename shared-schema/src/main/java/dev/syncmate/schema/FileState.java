// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of a file transfer. */
public enum FileState {
  @JsonProperty("unresolved")
  UNRESOLVED,
  @JsonProperty("transferring")
  TRANSFERRING,
  @JsonProperty("placing")
  PLACING,
  @JsonProperty("done")
  DONE,
  @JsonProperty("failed")
  FAILED
}
