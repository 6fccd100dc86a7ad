// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Liveness. */
public enum HealthState {
  @JsonProperty("ok")
  OK
}
