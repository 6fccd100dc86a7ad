// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Leases given back unused. Wire shape: release-batch.schema.json. */
public record ReleaseBatch(String sessionId, List<HeldLease> items) {
  /** Copies the lists. */
  public ReleaseBatch {
    items = List.copyOf(items);
  }
}
