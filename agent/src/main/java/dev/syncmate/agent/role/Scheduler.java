// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import java.time.Duration;

/**
 * Time for the loops: a monotonic clock and timers.
 *
 * <p><b>Threads.</b> Actions run on the loops' own context, one at a time.
 */
interface Scheduler {
  /** Monotonic time in nanoseconds. */
  long nanoTime();

  /** Runs the action once, so much later, unless cancelled before. */
  Timer after(Duration delay, Runnable action);

  /** A number in [0, 1), for jitter. */
  double random();

  /** A timer that has been set. */
  interface Timer {
    void cancel();
  }
}
