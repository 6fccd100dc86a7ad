// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a task is not further. */
public enum WaitingFor {
  @JsonProperty("finished")
  FINISHED,
  @JsonProperty("failed")
  FAILED,
  @JsonProperty("placing")
  PLACING,
  @JsonProperty("held")
  HELD,
  @JsonProperty("job_paused")
  JOB_PAUSED,
  @JsonProperty("job_cancelled")
  JOB_CANCELLED,
  @JsonProperty("leased")
  LEASED,
  @JsonProperty("backing_off")
  BACKING_OFF,
  @JsonProperty("no_agent")
  NO_AGENT,
  @JsonProperty("not_reachable")
  NOT_REACHABLE,
  @JsonProperty("agents_paused")
  AGENTS_PAUSED,
  @JsonProperty("agents_failing")
  AGENTS_FAILING,
  @JsonProperty("window_full")
  WINDOW_FULL,
  @JsonProperty("other_domain")
  OTHER_DOMAIN,
  @JsonProperty("no_destination")
  NO_DESTINATION,
  @JsonProperty("no_space")
  NO_SPACE,
  @JsonProperty("queued")
  QUEUED
}
