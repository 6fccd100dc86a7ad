// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.slice.StampedSource;
import dev.syncmate.schema.Lease;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * The sources of the slices that this agent holds leases on.
 *
 * <p><b>Threads.</b> Any; what waits for a disk or a mount runs elsewhere, but where it is said.
 */
public interface LeasedSlices {
  /** The slice's bytes; visible as OffsetFS, where that is mounted, until closed. */
  Future<StampedSource> open(Lease lease);

  /**
   * Permissions and time of the slice's file, as the contract has them; null: unknown. It waits for
   * the disk.
   */
  @Nullable String metadata(Lease lease);

  /** Ends the use of a slice. Never fails. */
  Future<Void> close(Lease lease);
}
