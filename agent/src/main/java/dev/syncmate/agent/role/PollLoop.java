// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step while new work may be taken: at once after one that found work, an interval after
 * one that did not or that failed.
 *
 * <p><b>Threads.</b> Confined to the agent's context; one step at a time.
 *
 * <p><b>Errors.</b> A failure that concerns the whole agent ends the loop and goes to the keeper;
 * after any other, a step that throws included, the loop goes on.
 */
final class PollLoop implements Loop {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

  private final String name;
  private final LeaseKeeper keeper;
  private final Supplier<Duration> interval;
  private final Step step;
  private final Alarm alarm;
  private boolean running;
  private boolean wokenMeanwhile;

  /** A loop that asks as often as the coordinator says. */
  PollLoop(String name, Loops loops, Step step) {
    this(name, loops, step, () -> loops.keeper().terms().poll());
  }

  PollLoop(String name, Loops loops, Step step, Supplier<Duration> interval) {
    this.name = name;
    this.keeper = loops.keeper();
    this.interval = interval;
    this.step = step;
    this.alarm = new Alarm(loops.scheduler(), this::wake);
  }

  /** Runs a step now, or again as soon as the present one ends. */
  @Override
  public void wake() {
    alarm.cancel();
    if (alarm.stopped()) {
      return;
    }
    if (running) {
      wokenMeanwhile = true;
    } else if (keeper.mayTake()) {
      run();
    } else {
      alarm.set(keeper.terms().poll());
    }
  }

  @Override
  public void stop() {
    alarm.stop();
  }

  @Override
  public boolean idle() {
    return !running;
  }

  /** Repeats the step until it finds nothing, whatever may be taken; fails as soon as it does. */
  Future<Void> exhaust() {
    return once().compose(more -> more ? exhaust() : Future.succeededFuture());
  }

  private void run() {
    running = true;
    wokenMeanwhile = false;
    once()
        .onComplete(
            result -> {
              running = false;
              if (result.failed()) {
                onFailed(result.cause());
              } else if (result.result() || wokenMeanwhile) {
                wake();
              } else {
                alarm.set(interval.get());
              }
            });
  }

  private Future<Boolean> once() {
    String session = keeper.sessionId();
    return session == null ? Future.succeededFuture(false) : Guarded.call(() -> step.run(session));
  }

  private void onFailed(Throwable cause) {
    if (cause instanceof TransferException e && e.disposition() == Disposition.STOP_AGENT) {
      keeper.giveUp(e);
      return;
    }
    LOG.warn("{}.failed cause={}", name, cause.getMessage());
    LOG.debug("{}.failed", name, cause);
    alarm.set(interval.get());
  }
}
