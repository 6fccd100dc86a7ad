// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore.s3;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore.StoredObject;
import dev.syncmate.agent.slice.SliceSink;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to receive a slice: writes and digests what comes, in one pass.
 *
 * <p>It opens the sink only once the attempt before has closed it: a late write of bad bytes must
 * not land on good ones. The result completes when the bytes are durable, or fails when the writer
 * is closed.
 */
final class DownloadPass extends Pass implements Subscriber<ByteBuffer> {
  private static final Logger log = LoggerFactory.getLogger(DownloadPass.class);

  /** Bytes written at once; the network brings them in pieces of 8 to 64 KiB. */
  static final int BUFFER_BYTES = 256 * 1024;

  /** Pieces asked for ahead, and at which half of it more are asked for. */
  private static final int WINDOW = 32;

  /** A slow stream's bytes are written at least this often, so that those who watch see it live. */
  private static final long FLUSH_NANOS = 1_000_000_000L;

  private final String key;
  private final SliceSink sink;
  private final CompletableFuture<Void> attemptBefore;
  private final CompletableFuture<StoredObject> result = new CompletableFuture<>();
  private final Queue<ByteBuffer> pieces = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Subscription> subscription = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean streamEnded;

  // Of step() only.
  private final MessageDigest digest = newSha256();
  private @Nullable ByteBuffer buffer;
  private SliceSink.@Nullable Writer writer;
  private boolean waiting;
  private boolean ended;
  private int takenPieces;
  private long flushedAtNanos;
  private long doneBytes;

  DownloadPass(
      String key, SliceSink sink, Executor workers, CompletableFuture<Void> attemptBefore) {
    super(workers);
    this.key = key;
    this.sink = sink;
    this.attemptBefore = attemptBefore;
  }

  CompletableFuture<StoredObject> result() {
    return result;
  }

  /** Compares the length that the store announces with the one that the sink needs. */
  void announced(@Nullable Long lengthBytes) {
    if (lengthBytes != null && lengthBytes != sink.lengthBytes()) {
      fail(
          new TransferException(
              Reason.OBJECT_BAD,
              "object %s has %d bytes (expected: %d for %s); the slice must be sent again"
                  .formatted(key, lengthBytes, sink.lengthBytes(), sink.name())));
    }
  }

  @Override
  public void onSubscribe(Subscription next) {
    if (!subscription.compareAndSet(null, next) || failure.get() != null) {
      next.cancel();
      return;
    }
    wake();
    next.request(WINDOW);
  }

  @Override
  public void onNext(ByteBuffer piece) {
    if (failure.get() == null) {
      pieces.add(piece);
      wake();
    }
  }

  @Override
  public void onError(Throwable error) {
    fail(error);
  }

  @Override
  public void onComplete() {
    streamEnded = true;
    wake();
  }

  @Override
  void abort() {
    fail(new IOException("download of %s was given up".formatted(key)));
  }

  /** Ends the pass; the first failure counts. */
  void fail(Throwable error) {
    if (failure.compareAndSet(null, error)) {
      Subscription current = subscription.get();
      if (current != null) {
        current.cancel();
      }
    }
    wake();
  }

  /** Why it failed, or null. */
  @Nullable Throwable failure() {
    return failure.get();
  }

  @Override
  void step() {
    if (ended) {
      return;
    }
    if (failure.get() == null && !attemptBefore.isDone()) {
      waitForAttemptBefore();
      return;
    }
    try {
      receive();
    } catch (IOException e) {
      fail(DiskErrors.writing(sink.name(), e));
    } catch (Throwable e) {
      fail(e);
    }
    Throwable error = failure.get();
    if (error != null && !ended) {
      end();
      result.completeExceptionally(error);
    }
  }

  private void waitForAttemptBefore() {
    if (!waiting) {
      waiting = true;
      var unused = attemptBefore.whenComplete((nothing, error) -> wake());
    }
  }

  private void receive() throws IOException {
    // Looked at before the queue: what came before the end is then surely seen.
    boolean last = streamEnded;
    if (subscription.get() != null && failure.get() == null) {
      writer();
    }
    ByteBuffer piece = pieces.poll();
    while (piece != null && failure.get() == null) {
      take(piece);
      piece = pieces.poll();
    }
    if (failure.get() != null) {
      return;
    }
    if (last) {
      complete();
    } else if (System.nanoTime() - flushedAtNanos > FLUSH_NANOS) {
      flush();
    }
  }

  private void take(ByteBuffer piece) throws IOException {
    doneBytes += piece.remaining();
    if (doneBytes > sink.lengthBytes()) {
      throw new TransferException(
          Reason.OBJECT_BAD,
          "object %s has more than %d bytes, the length of %s; the slice must be sent again"
              .formatted(key, sink.lengthBytes(), sink.name()));
    }
    digest.update(piece.duplicate());
    while (piece.hasRemaining()) {
      ByteBuffer into = buffer();
      int count = Math.min(into.remaining(), piece.remaining());
      into.put(into.position(), piece, piece.position(), count);
      into.position(into.position() + count);
      piece.position(piece.position() + count);
      if (!into.hasRemaining()) {
        flush();
      }
    }
    takenPieces++;
    Subscription current = subscription.get();
    if (takenPieces == WINDOW / 2 && current != null) {
      takenPieces = 0;
      current.request(WINDOW / 2);
    }
  }

  private void complete() throws IOException {
    if (doneBytes != sink.lengthBytes()) {
      // Not the object's fault: its announced length was right.
      fail(
          new EOFException(
              "object %s: stream ended after %d of %d bytes"
                  .formatted(key, doneBytes, sink.lengthBytes())));
      return;
    }
    flush();
    writer().finish();
    StoredObject stored =
        new StoredObject(key, doneBytes, HexFormat.of().formatHex(digest.digest()));
    end();
    result.complete(stored);
  }

  private ByteBuffer buffer() {
    ByteBuffer current = buffer;
    if (current == null) {
      current = ByteBuffer.allocateDirect((int) Math.min(BUFFER_BYTES, sink.lengthBytes()));
      buffer = current;
    }
    return current;
  }

  private void flush() throws IOException {
    flushedAtNanos = System.nanoTime();
    ByteBuffer current = buffer;
    if (current != null && current.position() > 0) {
      current.flip();
      writer().write(current);
      current.clear();
    }
  }

  private SliceSink.Writer writer() throws IOException {
    SliceSink.Writer current = writer;
    if (current == null) {
      current = sink.open();
      writer = current;
      flushedAtNanos = System.nanoTime();
    }
    return current;
  }

  private void end() {
    ended = true;
    pieces.clear();
    buffer = null;
    SliceSink.Writer current = writer;
    writer = null;
    try {
      if (current != null) {
        current.close();
      }
    } catch (IOException e) {
      // finish() has synced all that counts; an unfinished pass counts for nothing.
      log.warn("sink.close_failed sink={} error={}", sink.name(), e.toString());
    } finally {
      markClosed();
    }
  }
}
