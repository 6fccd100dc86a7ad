// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Side of the relay. */
public enum Direction {
  @JsonProperty("send")
  SEND,
  @JsonProperty("recv")
  RECV
}
