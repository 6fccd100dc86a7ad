// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Slices that were moved. Wire shape: complete-batch.schema.json. */
public record CompleteBatch(String sessionId, List<CompletedTask> items) {
  /** Copies the lists. */
  public CompleteBatch {
    items = List.copyOf(items);
  }
}
