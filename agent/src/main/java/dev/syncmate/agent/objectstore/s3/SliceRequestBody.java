// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.SliceSource;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** A slice as the body of a PUT; each subscription (the SDK's retries) is a new pass. */
final class SliceRequestBody implements AsyncRequestBody, SlicePasses {
  private final SliceSource source;
  private final Executor workers;
  private final Cancellation cancellation;
  private @Nullable UploadPass pass;
  private boolean aborted;

  SliceRequestBody(SliceSource source, Executor workers, Cancellation cancellation) {
    this.source = source;
    this.workers = workers;
    this.cancellation = cancellation;
  }

  @Override
  public Optional<Long> contentLength() {
    return Optional.of(source.lengthBytes());
  }

  @Override
  public String contentType() {
    return "application/octet-stream";
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    UploadPass next = new UploadPass(source, workers, cancellation, subscriber);
    UploadPass before;
    boolean late;
    synchronized (this) {
      before = pass;
      pass = next;
      late = aborted;
    }
    if (before != null) {
      before.abort();
    }
    if (late) {
      next.abort();
    }
    subscriber.onSubscribe(next);
    if (source.lengthBytes() == 0) {
      // An empty body has nothing to be asked for, but must be read to be known as empty.
      next.wake();
    }
  }

  /** SHA-256 of what the last pass read to the end, or null. */
  @Nullable String sha256() {
    UploadPass last = last();
    return last == null ? null : last.sha256();
  }

  /** Whether the last pass ended before its last bytes left, and not for the source's sake. */
  boolean isCutOff() {
    UploadPass last = last();
    return last != null && last.sha256() == null && last.failure() == null;
  }

  @Override
  public @Nullable Throwable failure() {
    UploadPass last = last();
    return last == null ? null : last.failure();
  }

  @Override
  public void abort() {
    synchronized (this) {
      aborted = true;
    }
    UploadPass last = last();
    if (last != null) {
      last.abort();
    }
  }

  @Override
  public CompletableFuture<Void> closed() {
    UploadPass last = last();
    return last == null ? CompletableFuture.completedFuture(null) : last.closed();
  }

  private synchronized @Nullable UploadPass last() {
    return pass;
  }
}
