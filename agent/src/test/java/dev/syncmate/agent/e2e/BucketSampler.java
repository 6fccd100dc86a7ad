// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectInfo;
import dev.syncmate.agent.objectstore.ObjectStore.ObjectPage;
import dev.syncmate.agent.objectstore.s3.S3Config;
import dev.syncmate.agent.objectstore.s3.S3ObjectStore;
import dev.syncmate.agent.testing.LocalStack;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lists the bucket all the time and remembers the most that lay in it. */
final class BucketSampler implements AutoCloseable {
  private static final long INTERVAL_MS = 100;
  private static final long LIST_SECONDS_MAX = 60;

  private final Vertx vertx = Vertx.vertx();
  private final ObjectStore store;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private volatile long peakBytes;
  private volatile int samples;
  private volatile String failure = "";

  BucketSampler(LocalStack stack) {
    store =
        S3ObjectStore.open(
            vertx,
            new S3Config(
                stack.s3Endpoint(),
                stack.region(),
                stack.bucket(),
                stack.accessKey(),
                stack.secretKey(),
                1));
    timer.scheduleWithFixedDelay(this::sample, 0, INTERVAL_MS, TimeUnit.MILLISECONDS);
  }

  /** The most bytes that a listing has shown. */
  long peakBytes() {
    return peakBytes;
  }

  int samples() {
    return samples;
  }

  /** Why a listing failed, empty when none did. */
  String failure() {
    return failure;
  }

  private void sample() {
    try {
      long bytes = 0;
      String continuation = null;
      do {
        ObjectPage page =
            store
                .list("", continuation)
                .toCompletionStage()
                .toCompletableFuture()
                .get(LIST_SECONDS_MAX, TimeUnit.SECONDS);
        bytes += page.objects().stream().mapToLong(ObjectInfo::sizeBytes).sum();
        continuation = page.continuation();
      } while (continuation != null);
      peakBytes = Math.max(peakBytes, bytes);
      samples++;
    } catch (ExecutionException | TimeoutException e) {
      failure = e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      timer.awaitTermination(LIST_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    store.close();
    vertx.close();
  }
}
