// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a step: at once after one that found work, a poll interval after one that did not.
 *
 * <p><b>Threads.</b> Confined to the agent's context; one step at a time.
 */
final class PollLoop {
  private static final Logger LOG = LoggerFactory.getLogger(PollLoop.class);

  private final String name;
  private final Loops loops;
  private final Supplier<Future<Boolean>> step;
  private boolean running;
  private boolean wokenMeanwhile;
  private boolean stopped;
  private Scheduler.@Nullable Timer timer;

  /**
   * @param step completes with whether it found work
   */
  PollLoop(String name, Loops loops, Supplier<Future<Boolean>> step) {
    this.name = name;
    this.loops = loops;
    this.step = step;
  }

  /** Runs a step now, or again as soon as the present one ends. */
  void wake() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (stopped) {
      return;
    }
    if (running) {
      wokenMeanwhile = true;
      return;
    }
    if (loops.keeper().mayTake()) {
      run();
    } else {
      later();
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
  }

  boolean running() {
    return running;
  }

  private void run() {
    running = true;
    wokenMeanwhile = false;
    step.get()
        .onComplete(
            result -> {
              running = false;
              if (result.failed()) {
                onFailed(result.cause());
              } else if (result.result() || wokenMeanwhile) {
                wake();
              } else {
                later();
              }
            });
  }

  private void onFailed(Throwable cause) {
    if (cause instanceof TransferException e && e.disposition() == Disposition.STOP_AGENT) {
      loops.fatal().accept(e);
      return;
    }
    LOG.warn("{}.failed cause={}", name, cause.getMessage());
    LOG.debug("{}.failed", name, cause);
    later();
  }

  private void later() {
    if (!stopped && timer == null) {
      timer = loops.scheduler().after(loops.keeper().pollInterval(), this::wake);
    }
  }
}
