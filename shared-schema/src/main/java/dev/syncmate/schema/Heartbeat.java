// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Renews a session and with it every lease it holds. Wire shape: heartbeat.schema.json.
 *
 * @param heldFiles null: it doesn't say
 */
public record Heartbeat(
    long transferredBytes,
    long bytesPerSecond,
    List<HeldLease> held,
    @Nullable List<HeldFile> heldFiles) {
  /** Copies the lists. */
  public Heartbeat {
    held = List.copyOf(held);
    heldFiles = heldFiles == null ? null : List.copyOf(heldFiles);
  }
}
