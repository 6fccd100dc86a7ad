// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a failure means for the task. */
public enum FailureKind {
  @JsonProperty("retry")
  RETRY,
  @JsonProperty("unreachable")
  UNREACHABLE,
  @JsonProperty("source_other")
  SOURCE_OTHER,
  @JsonProperty("object_bad")
  OBJECT_BAD,
  @JsonProperty("permanent")
  PERMANENT
}
