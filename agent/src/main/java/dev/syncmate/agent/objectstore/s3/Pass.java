// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One pass over a slice's file: work that others ask for from any thread is done on a worker, one
 * piece at a time.
 *
 * <p><b>Threads.</b> {@link #step} never runs twice at once, and each run sees what the one before
 * wrote. {@link #wake} may be called from any thread and never blocks.
 */
abstract class Pass {
  private final Executor workers;
  private final AtomicInteger wakes = new AtomicInteger();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  Pass(Executor workers) {
    this.workers = workers;
  }

  /** Does what there is to do; must not throw. */
  abstract void step();

  /** Gives up; the file is closed soon. */
  abstract void abort();

  /** Completes once the pass has closed its file and won't touch it again. */
  final CompletableFuture<Void> closed() {
    return closed;
  }

  final void markClosed() {
    closed.complete(null);
  }

  /** Has {@link #step} run after now. */
  final void wake() {
    if (wakes.getAndIncrement() == 0) {
      workers.execute(this::work);
    }
  }

  private void work() {
    int seen = wakes.get();
    do {
      step();
      seen = wakes.addAndGet(-seen);
    } while (seen != 0);
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
