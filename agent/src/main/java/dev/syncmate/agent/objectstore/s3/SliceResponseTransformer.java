// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.slice.SliceSink;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Sends the body of a GET into a slice; each attempt of the SDK is a new pass. */
final class SliceResponseTransformer
    implements AsyncResponseTransformer<GetObjectResponse, StoredObject>, SlicePasses {
  private final String key;
  private final SliceSink sink;
  private final Executor workers;
  private DownloadPass pass;
  private boolean begun;
  private boolean aborted;

  SliceResponseTransformer(String key, SliceSink sink, Executor workers) {
    this.key = key;
    this.sink = sink;
    this.workers = workers;
    this.pass = new DownloadPass(key, sink, workers, CompletableFuture.completedFuture(null));
  }

  @Override
  public CompletableFuture<StoredObject> prepare() {
    DownloadPass before;
    DownloadPass next;
    boolean late;
    synchronized (this) {
      before = pass;
      next = begun ? new DownloadPass(key, sink, workers, before.closed()) : before;
      begun = true;
      pass = next;
      late = aborted;
    }
    if (before != next) {
      before.abort();
    }
    if (late) {
      next.abort();
    }
    return next.result();
  }

  @Override
  public void onResponse(GetObjectResponse response) {
    last().announced(response.contentLength());
  }

  @Override
  public void onStream(SdkPublisher<ByteBuffer> publisher) {
    publisher.subscribe(last());
  }

  @Override
  public void exceptionOccurred(Throwable error) {
    last().fail(error);
  }

  @Override
  public @Nullable Throwable failure() {
    return last().failure();
  }

  @Override
  public void abort() {
    synchronized (this) {
      aborted = true;
    }
    last().abort();
  }

  @Override
  public CompletableFuture<Void> closed() {
    return last().closed();
  }

  private synchronized DownloadPass last() {
    return pass;
  }
}
