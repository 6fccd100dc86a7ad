// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives failed work another chance. Wire shape: retry-request.schema.json. */
public record RetryRequest(String jobId, @Nullable List<String> taskIds) {
  /** Copies the list. */
  public RetryRequest {
    taskIds = taskIds == null ? null : List.copyOf(taskIds);
  }
}
