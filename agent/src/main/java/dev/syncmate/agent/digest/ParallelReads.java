// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Many small reads at a time: each waits for a disk or a network file system.
 *
 * <p><b>Threads.</b> Blocks the caller; the reads run on a pool of their own. Progress is told on
 * the caller's thread.
 */
public final class ParallelReads {
  /** Reads at a time. */
  public static final int READERS_DEFAULT = 16;

  /** Most reads at a time. */
  public static final int READERS_MAX = 256;

  private static final long TOLD_EVERY_MS = 200;

  private ParallelReads() {}

  /** Hears how far the reads are. */
  @FunctionalInterface
  public interface Progress {
    /** Hears nothing. */
    Progress NONE = (done, total) -> {};

    /** Told now and then, and once at the end. */
    void read(int done, int total);
  }

  /**
   * Calls {@code each} for 0 to count - 1, in no order.
   *
   * @throws InterruptedException when the caller is interrupted; no further read begins then
   */
  public static void run(int count, int readers, IntConsumer each, Progress progress)
      throws InterruptedException {
    if (readers < 1 || readers > READERS_MAX) {
      throw new IllegalArgumentException(
          "readers: %d (expected: 1 to %d)".formatted(readers, READERS_MAX));
    }
    if (count == 0) {
      return;
    }
    AtomicInteger next = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    Runnable reader =
        () -> {
          int i = next.getAndIncrement();
          while (i < count && !Thread.currentThread().isInterrupted()) {
            each.accept(i);
            done.incrementAndGet();
            i = next.getAndIncrement();
          }
        };
    int threads = Math.min(readers, count);
    ExecutorService pool = Executors.newFixedThreadPool(threads, named());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(pool.submit(reader));
      }
      for (Future<?> one : running) {
        await(one, () -> progress.read(done.get(), count));
      }
      progress.read(done.get(), count);
    } finally {
      pool.shutdownNow();
    }
  }

  private static void await(Future<?> running, Runnable tell) throws InterruptedException {
    while (true) {
      try {
        running.get(TOLD_EVERY_MS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException stillReading) {
        tell.run();
      } catch (ExecutionException e) {
        throw new IllegalStateException("reading failed: " + e.getCause(), e);
      }
    }
  }

  private static ThreadFactory named() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "digest-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
