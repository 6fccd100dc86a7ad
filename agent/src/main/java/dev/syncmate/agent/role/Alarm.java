// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one timer of something that repeats: setting it replaces what was set before, and once
 * stopped it is never set again.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class Alarm {
  private final Scheduler scheduler;
  private final Runnable action;
  private Scheduler.@Nullable Timer timer;
  private boolean stopped;

  Alarm(Scheduler scheduler, Runnable action) {
    this.scheduler = scheduler;
    this.action = action;
  }

  /** Runs the action so much later, unless set anew, cancelled or stopped before. */
  void set(Duration delay) {
    cancel();
    if (!stopped) {
      timer = scheduler.after(delay, action);
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  void stop() {
    stopped = true;
    cancel();
  }

  boolean stopped() {
    return stopped;
  }
}
