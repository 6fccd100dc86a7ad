// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** What reading files once more found. Wire shape: proved-batch.schema.json. */
public record ProvedBatch(String sessionId, List<ProvedItem> items) {
  /** Copies the lists. */
  public ProvedBatch {
    items = List.copyOf(items);
  }
}
