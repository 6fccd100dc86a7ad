// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a take gave nothing. */
public enum WaitReason {
  @JsonProperty("no_work")
  NO_WORK,
  @JsonProperty("window_full")
  WINDOW_FULL,
  @JsonProperty("no_space")
  NO_SPACE,
  @JsonProperty("not_reachable")
  NOT_REACHABLE,
  @JsonProperty("paused")
  PAUSED,
  @JsonProperty("failing")
  FAILING,
  @JsonProperty("other_destination")
  OTHER_DESTINATION
}
