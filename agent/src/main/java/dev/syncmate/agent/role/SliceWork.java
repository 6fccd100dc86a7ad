// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.schema.CompletedTask;
import dev.syncmate.schema.Direction;
import dev.syncmate.schema.Lease;
import dev.syncmate.schema.LeaseReply;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One direction of an agent's work: what it asks for, and how it moves a leased slice. */
interface SliceWork {
  Direction direction();

  /** What the next take asks for. */
  Future<Wanted> wanted();

  /** Learns from the answer to that take; says whether to ask again at once. */
  boolean answered(LeaseReply answer);

  /** Moves one leased slice, and says what to report. */
  Future<CompletedTask> move(Lease lease, Cancellation cancellation);

  /**
   * Which tasks will do.
   *
   * @param zones where their sources may lie
   * @param dearZones where they may lie if nobody reaches them at a lower cost
   * @param freeBytes what they may add up to here, or null where that does not matter
   */
  record Wanted(List<String> zones, @Nullable List<String> dearZones, @Nullable Long freeBytes) {}
}
