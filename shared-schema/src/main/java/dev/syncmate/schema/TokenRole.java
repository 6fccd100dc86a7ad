// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a token permits. */
public enum TokenRole {
  @JsonProperty("send")
  SEND,
  @JsonProperty("recv")
  RECV,
  @JsonProperty("both")
  BOTH,
  @JsonProperty("admin")
  ADMIN,
  @JsonProperty("read")
  READ
}
