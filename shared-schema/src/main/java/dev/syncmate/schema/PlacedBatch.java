// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** What came of placing. Wire shape: placed-batch.schema.json. */
public record PlacedBatch(String sessionId, List<PlacedItem> items) {
  /** Copies the lists. */
  public PlacedBatch {
    items = List.copyOf(items);
  }
}
