// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.agent.failure.Cancellation;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets time pass; ends early, with its cause, when cancelled. */
@FunctionalInterface
interface Pause {
  void last(Duration duration, Cancellation cancellation) throws InterruptedException;

  /** In real time. */
  static void real(Duration duration, Cancellation cancellation) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    cancellation.onCancel(over::countDown);
    if (over.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
      cancellation.check();
    }
  }
}
