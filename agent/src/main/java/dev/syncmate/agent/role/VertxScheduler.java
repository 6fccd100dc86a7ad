// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Time from the JVM, timers from Vert.x; actions run on the context that set them. */
final class VertxScheduler implements Scheduler {
  private final Vertx vertx;

  VertxScheduler(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    long id = vertx.setTimer(Math.max(1, delay.toMillis()), ignored -> action.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public double random() {
    return ThreadLocalRandom.current().nextDouble();
  }
}
