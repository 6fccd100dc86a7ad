// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** What checks found. Wire shape: resolved-batch.schema.json. */
public record ResolvedBatch(String sessionId, List<ResolvedItem> items) {
  /** Copies the lists. */
  public ResolvedBatch {
    items = List.copyOf(items);
  }
}
