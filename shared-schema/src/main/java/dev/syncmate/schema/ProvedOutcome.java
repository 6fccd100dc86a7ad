// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What reading a file once more found. */
public enum ProvedOutcome {
  @JsonProperty("proved")
  PROVED,
  @JsonProperty("changed")
  CHANGED,
  @JsonProperty("other")
  OTHER,
  @JsonProperty("unreachable")
  UNREACHABLE,
  @JsonProperty("release")
  RELEASE
}
