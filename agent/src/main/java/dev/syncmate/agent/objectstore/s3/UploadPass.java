// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to send a slice: reads as much as is asked for, and its SHA-256 in the same pass.
 *
 * <p>The source is checked for changes before the last bytes leave, so that a changed slice never
 * becomes a whole object.
 */
final class UploadPass extends Pass implements Subscription {
  private static final Logger log = LoggerFactory.getLogger(UploadPass.class);

  /**
   * Bytes of one buffer. The HTTP client asks for 16 ahead, and the last of these must leave within
   * its write timeout: 1 MiB in 30 s.
   */
  static final int BUFFER_BYTES = 64 * 1024;

  private final SliceSource source;
  private final Cancellation cancellation;
  private final Subscriber<? super ByteBuffer> subscriber;
  private final MessageDigest digest = newSha256();
  private final AtomicLong demand = new AtomicLong();
  private volatile boolean cancelled;
  private volatile boolean badDemand;
  private volatile @Nullable String sha256;
  private volatile @Nullable Throwable failure;

  // Of step() only.
  private SliceSource.@Nullable Reader reader;
  private long doneBytes;
  private boolean ended;

  UploadPass(
      SliceSource source,
      Executor workers,
      Cancellation cancellation,
      Subscriber<? super ByteBuffer> subscriber) {
    super(workers);
    this.source = source;
    this.cancellation = cancellation;
    this.subscriber = subscriber;
  }

  /** The slice's SHA-256 once all of it was read, else null. */
  @Nullable String sha256() {
    return sha256;
  }

  /** Why the source couldn't be read, or null. */
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void request(long count) {
    if (count <= 0) {
      badDemand = true;
    } else {
      demand.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }
    wake();
  }

  @Override
  public void cancel() {
    cancelled = true;
    wake();
  }

  @Override
  void abort() {
    cancel();
  }

  @Override
  void step() {
    if (ended) {
      return;
    }
    try {
      if (badDemand) {
        throw new IllegalArgumentException("request: 0 or less (expected: >= 1)");
      }
      send();
      if (stopped() && !ended) {
        end();
      }
    } catch (IOException e) {
      fail(DiskErrors.reading(source.name(), e));
    } catch (Throwable e) {
      fail(e);
    }
  }

  // The cause itself is asked: whoever cancels must see no byte leave from then on.
  private boolean stopped() {
    return cancelled || cancellation.cause() != null;
  }

  private void send() throws IOException {
    while (!stopped() && !ended && (demand.get() > 0 || source.lengthBytes() == 0)) {
      SliceSource.Reader from = reader;
      if (from == null) {
        from = source.open();
        reader = from;
      }
      ByteBuffer buffer = next(from);
      if (stopped()) {
        return;
      }
      if (doneBytes < source.lengthBytes()) {
        demand.decrementAndGet();
        subscriber.onNext(buffer);
        continue;
      }
      from.finish();
      sha256 = HexFormat.of().formatHex(digest.digest());
      end();
      if (buffer.hasRemaining()) {
        subscriber.onNext(buffer);
      }
      subscriber.onComplete();
    }
  }

  private ByteBuffer next(SliceSource.Reader from) throws IOException {
    long left = source.lengthBytes() - doneBytes;
    // On the heap: SHA-256 is fastest on arrays, and the HTTP client keeps the buffer for a while.
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, left));
    while (buffer.hasRemaining() && !stopped()) {
      if (from.read(buffer) < 0) {
        throw new IllegalStateException(
            "%s: reader ended %d bytes early".formatted(source.name(), buffer.remaining()));
      }
    }
    buffer.flip();
    digest.update(buffer.array(), 0, buffer.limit());
    doneBytes += buffer.limit();
    return buffer;
  }

  private void fail(Throwable error) {
    failure = error;
    end();
    subscriber.onError(error);
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    SliceSource.Reader from = reader;
    reader = null;
    try {
      if (from != null) {
        from.close();
      }
    } catch (IOException e) {
      // Nothing is lost by a reader that closes badly: all its bytes were read and checked.
      log.warn("source.close_failed source={} error={}", source.name(), e.toString());
    } finally {
      markClosed();
    }
  }
}
