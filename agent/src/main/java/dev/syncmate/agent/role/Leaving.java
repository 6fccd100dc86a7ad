// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a receiver does before it leaves: deletes what may be deleted, and waits for objects that
 * writers which were cut off may still leave, so that the bucket is empty when the last one goes.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 *
 * <p><b>Errors.</b> A sweep that fails leaves what it would have found to the next receiver; a
 * deletion that fails is the caller's.
 */
final class Leaving {
  private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);

  private final Loops loops;
  private final Sweeping sweeps;
  private final PollLoop deleting;

  Leaving(Loops loops, Sweeping sweeps, PollLoop deleting) {
    this.loops = loops;
    this.sweeps = sweeps;
    this.deleting = deleting;
  }

  /**
   * Ends when nothing is left to delete or to wait for.
   *
   * @param waiting told how long it waits, each time
   */
  Future<Void> collect(Consumer<Duration> waiting) {
    return comesLater()
        .compose(later -> deleting.exhaust().map(later))
        .compose(
            later -> {
              if (later == null) {
                return Future.succeededFuture();
              }
              return pause(later, waiting).compose(over -> collect(waiting));
            });
  }

  private Future<@Nullable Duration> comesLater() {
    return Guarded.call(() -> sweeps.comesLater(loops.keeper().requireSession()))
        .recover(
            cause -> {
              LOG.warn("sweep.failed cause={}", cause.getMessage());
              return Future.succeededFuture(null);
            });
  }

  private Future<Void> pause(Duration time, Consumer<Duration> waiting) {
    if (time.isZero()) {
      return Future.succeededFuture();
    }
    Guarded.tell(() -> waiting.accept(time));
    Promise<Void> over = Promise.promise();
    loops.scheduler().after(time, over::complete);
    return over.future();
  }
}
