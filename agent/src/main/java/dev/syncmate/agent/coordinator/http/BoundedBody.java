// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.codec.spi.BodyStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects the body of an answer up to a limit; a longer one fails the call and ends the
 * connection.
 *
 * <p><b>Threads.</b> Confined to the context of the request.
 */
final class BoundedBody implements BodyStream<Buffer> {
  private final int bytesMax;
  private final Promise<Buffer> result = Promise.promise();
  private final Buffer collected = Buffer.buffer();

  BoundedBody(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  @Override
  public Future<Buffer> result() {
    return result.future();
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (collected.length() + (long) data.length() > bytesMax) {
      TooLarge failure = new TooLarge(bytesMax);
      result.tryFail(failure);
      return Future.failedFuture(failure);
    }
    collected.appendBuffer(data);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    result.tryComplete(collected);
    return Future.succeededFuture();
  }

  @Override
  public void handle(Throwable failure) {
    result.tryFail(failure);
  }

  @Override
  public BoundedBody exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }

  @Override
  public BoundedBody setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  public BoundedBody drainHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  /** The answer is longer than any answer of a coordinator. */
  static final class TooLarge extends Exception {
    TooLarge(int bytesMax) {
      super("the answer is larger than %d bytes".formatted(bytesMax));
    }
  }
}
