// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A few threads that each move one object at a time and wait for it. */
final class Workers implements AutoCloseable {
  private final ExecutorService pool;

  Workers(int threads) {
    AtomicInteger number = new AtomicInteger();
    pool =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "relay-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs all; once all have ended, throws what the first of them threw, if any did. */
  void all(List<Callable<Void>> work) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    for (Future<Void> done : pool.invokeAll(work)) {
      try {
        done.get();
      } catch (ExecutionException e) {
        thrown.add(e.getCause());
      }
    }
    for (Throwable first : thrown) {
      if (first instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(first);
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
