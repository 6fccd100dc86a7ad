// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leases, or why there are none. Wire shape: lease-reply.schema.json. */
public record LeaseReply(List<Lease> leases, @Nullable Wait waiting) {
  /** Copies the lists. */
  public LeaseReply {
    leases = List.copyOf(leases);
  }
}
