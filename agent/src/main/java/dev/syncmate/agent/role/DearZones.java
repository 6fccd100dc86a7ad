// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.role.ReachableZones.Reached;
import dev.syncmate.schema.Wait;
import dev.syncmate.schema.WaitReason;
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

  private final Scheduler scheduler;
  private Named next = Named.CHEAP;
  private Named last = Named.CHEAP;
  private boolean hasDear;
  private long leftOutSinceNanos = -1;

  DearZones(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** What the next take names. */
  Reached choose(Reached reached) {
    hasDear = !reached.dear().isEmpty();
    last = next == Named.CHEAP && reached.cheap().isEmpty() ? Named.DEAR_AS_WELL : next;
    return switch (last) {
      case CHEAP -> new Reached(reached.cheap(), List.of());
      case DEAR_AS_WELL -> reached;
      case ALL_ALIKE -> new Reached(reached.all(), List.of());
    };
  }

  /** The take handed something out. */
  void onTaken() {
    leftOutSinceNanos = -1;
    if (last == Named.DEAR_AS_WELL) {
      next = Named.CHEAP;
    }
  }

  /** The take handed nothing out; answers with whether to ask again at once. */
  boolean onEmpty(@Nullable Wait waiting) {
    if (!hasDear || (waiting != null && NOT_FOR_WANT_OF_WORK.contains(waiting.reason()))) {
      return false;
    }
    if (last == Named.CHEAP) {
      next = Named.DEAR_AS_WELL;
      return true;
    }
    boolean leftOut = waiting != null && waiting.reason() == WaitReason.NOT_REACHABLE;
    if (!leftOut) {
      leftOutSinceNanos = -1;
      next = Named.CHEAP;
      return false;
    }
    long now = scheduler.nanoTime();
    if (leftOutSinceNanos < 0 || last == Named.ALL_ALIKE) {
      leftOutSinceNanos = now;
    }
    next = now - leftOutSinceNanos >= PATIENCE.toNanos() ? Named.ALL_ALIKE : Named.CHEAP;
    return next == Named.ALL_ALIKE;
  }

  /** Whether zones that this agent reaches may have been left out of the last take. */
  boolean leftOut() {
    return leftOutSinceNanos >= 0;
  }
}
