// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an agent is told to do. */
public enum Directive {
  @JsonProperty("work")
  WORK,
  @JsonProperty("pause")
  PAUSE,
  @JsonProperty("drain")
  DRAIN
}
