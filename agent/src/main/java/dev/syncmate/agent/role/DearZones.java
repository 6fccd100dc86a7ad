// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.role.ReachableZones.Reached;
import dev.syncmate.schema.LeaseReply;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When a sender asks for work in zones that it reaches at a higher cost than others may.
 *
 * <p>First it asks for cheap zones alone. If there is nothing it names the dear ones too, as dear:
 * the coordinator hands them out where nobody reaches them cheaply. If there is work, but for so
 * long none for this agent, those who reach it cheaply are slow or can't read it: then a zone is a
 * zone, until all of them are empty.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class DearZones {
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Naming more zones would give nothing either. */
  private static final Set<WaitReason> NOT_FOR_WANT_OF_WORK =
      EnumSet.of(WaitReason.WINDOW_FULL, WaitReason.FAILING);

  private enum Named {
    CHEAP,
    DEAR_AS_WELL,
    ALL_ALIKE
  }

  private final LeaseKeeper keeper;
  private final Scheduler scheduler;
  private final ReachableZones reachable;
  private Named next = Named.CHEAP;
  private Named last = Named.CHEAP;
  private boolean hasDear;
  private long leftOutSinceNanos = -1;

  DearZones(Loops loops, ReachableZones reachable) {
    this.keeper = loops.keeper();
    this.scheduler = loops.scheduler();
    this.reachable = reachable;
  }

  /** What the next take names. */
  Future<Reached> choose() {
    return reachable.reachable().map(this::named);
  }

  /** Learns from the answer to that take; says whether to ask again at once. */
  boolean answered(LeaseReply answer) {
    if (!answer.leases().isEmpty()) {
      onTaken();
      return true;
    }
    Wait waiting = answer.waiting();
    boolean again = onEmpty(waiting);
    if (!again && isNotReachable(waiting) && leftOutSinceNanos < 0) {
      // None of the zones that it knows has work, but others have: there may be new ones.
      keeper.refresh();
    }
    return again;
  }

  private Reached named(Reached reached) {
    hasDear = !reached.dear().isEmpty();
    last = next == Named.CHEAP && reached.cheap().isEmpty() ? Named.DEAR_AS_WELL : next;
    return switch (last) {
      case CHEAP -> new Reached(reached.cheap(), List.of());
      case DEAR_AS_WELL -> reached;
      case ALL_ALIKE -> new Reached(reached.all(), List.of());
    };
  }

  private void onTaken() {
    leftOutSinceNanos = -1;
    if (last == Named.DEAR_AS_WELL) {
      next = Named.CHEAP;
    }
  }

  private boolean onEmpty(@Nullable Wait waiting) {
    if (!hasDear || (waiting != null && NOT_FOR_WANT_OF_WORK.contains(waiting.reason()))) {
      return false;
    }
    if (last == Named.CHEAP) {
      next = Named.DEAR_AS_WELL;
      return true;
    }
    if (!isNotReachable(waiting)) {
      leftOutSinceNanos = -1;
      next = Named.CHEAP;
      return false;
    }
    return onLeftOut();
  }

  private boolean onLeftOut() {
    long now = scheduler.nanoTime();
    if (leftOutSinceNanos < 0 || last == Named.ALL_ALIKE) {
      leftOutSinceNanos = now;
    }
    next = now - leftOutSinceNanos >= PATIENCE.toNanos() ? Named.ALL_ALIKE : Named.CHEAP;
    return next == Named.ALL_ALIKE;
  }

  private static boolean isNotReachable(@Nullable Wait waiting) {
    return waiting != null && waiting.reason() == WaitReason.NOT_REACHABLE;
  }
}
