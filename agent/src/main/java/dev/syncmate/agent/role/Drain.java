// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How an agent leaves: it takes nothing new, lets held work finish, gives the rest back, and ends
 * its session.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class Drain {
  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
  private static final Duration CHECK = Duration.ofMillis(50);

  /** How long held work may take to be given back once its time to finish is over. */
  private static final Duration GIVE_BACK_TIMEOUT = Duration.ofSeconds(2);

  private final LeaseKeeper keeper;
  private final Scheduler scheduler;
  private final List<Loop> loops;
  private final Promise<Void> done = Promise.promise();
  private boolean begun;

  Drain(LeaseKeeper keeper, Scheduler scheduler, List<Loop> loops) {
    this.keeper = keeper;
    this.scheduler = scheduler;
    this.loops = loops;
  }

  /** Begins to leave; what is held may take so long to finish. Only the first call counts. */
  Future<Void> begin(Duration timeout) {
    if (!begun) {
      begun = true;
      LOG.info("agent.drain leases={} timeout_ms={}", keeper.leases().count(), timeout.toMillis());
      loops.forEach(Loop::stop);
      awaitIdle(scheduler.nanoTime() + timeout.toNanos());
    }
    return done.future();
  }

  /** Cancels what is held; it is given back. */
  void giveBack() {
    keeper
        .leases()
        .cancelAll(
            new TransferException(
                Reason.DRAINED, "the agent is leaving; the task goes to another"));
  }

  private void awaitIdle(long deadlineNanos) {
    if (loops.stream().allMatch(Loop::idle)) {
      end();
    } else if (scheduler.nanoTime() - deadlineNanos < 0) {
      scheduler.after(CHECK, () -> awaitIdle(deadlineNanos));
    } else if (keeper.leases().count() == 0) {
      // Giving back takes too long: the session's end does it all at once.
      end();
    } else {
      LOG.warn("agent.drain_timeout leases={}", keeper.leases().count());
      giveBack();
      long givenBack = scheduler.nanoTime() + CHECK.plus(GIVE_BACK_TIMEOUT).toNanos();
      scheduler.after(CHECK, () -> awaitIdle(givenBack));
    }
  }

  private void end() {
    keeper.close().onComplete(done);
  }
}
