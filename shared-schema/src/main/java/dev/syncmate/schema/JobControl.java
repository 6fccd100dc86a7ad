// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the operator wants of a job. */
public enum JobControl {
  @JsonProperty("run")
  RUN,
  @JsonProperty("paused")
  PAUSED,
  @JsonProperty("cancelled")
  CANCELLED
}
