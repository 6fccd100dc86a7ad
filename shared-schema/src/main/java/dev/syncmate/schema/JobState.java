// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of a job. */
public enum JobState {
  @JsonProperty("open")
  OPEN,
  @JsonProperty("active")
  ACTIVE,
  @JsonProperty("done")
  DONE
}
