// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Lease;
import io.vertx.core.Future;

/** Moves one leased slice, and says what to report. */
interface SliceWork {
  Direction direction();

  Future<CompletedTask> move(Lease lease, Cancellation cancellation);

  /** Bytes that may still be begun here; Long.MAX_VALUE where that does not matter. */
  Future<Long> freeBytes();
}
