// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an agent does. */
public enum Role {
  @JsonProperty("send")
  SEND,
  @JsonProperty("recv")
  RECV,
  @JsonProperty("both")
  BOTH
}
