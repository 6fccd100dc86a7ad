// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Slices that were not moved. Wire shape: fail-batch.schema.json. */
public record FailBatch(String sessionId, List<FailedTask> items) {
  /** Copies the lists. */
  public FailBatch {
    items = List.copyOf(items);
  }
}
