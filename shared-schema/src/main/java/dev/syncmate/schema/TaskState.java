// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.annotation.JsonProperty;

/** State of a task. */
public enum TaskState {
  @JsonProperty("pending")
  PENDING,
  @JsonProperty("uploading")
  UPLOADING,
  @JsonProperty("uploaded")
  UPLOADED,
  @JsonProperty("downloading")
  DOWNLOADING,
  @JsonProperty("downloaded")
  DOWNLOADED,
  @JsonProperty("failed")
  FAILED
}
