// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Renews a session and with it every lease it holds. Wire shape: heartbeat.schema.json. */
public record Heartbeat(long transferredBytes, long bytesPerSecond, List<HeldLease> held) {
  /** Copies the lists. */
  public Heartbeat {
    held = List.copyOf(held);
  }
}
