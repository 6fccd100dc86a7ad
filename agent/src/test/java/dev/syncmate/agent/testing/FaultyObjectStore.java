// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.objectstore.ObjectStore;
import dev.syncmate.agent.slice.SliceSink;
import dev.syncmate.agent.slice.SliceSource;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A store that goes wrong as a test tells it to; each fault hits one call, in the order told. */
public final class FaultyObjectStore implements ObjectStore {
  /** One thing that goes wrong. */
  private enum Kind {
    UNAVAILABLE,
    CUT,
    ANSWER_LOST,
    FLIPPED,
    HANGING
  }

  private record Fault(Kind kind, long atByte) {}

  private final ObjectStore store;
  private final Queue<Fault> puts = new ConcurrentLinkedQueue<>();
  private final Queue<Fault> gets = new ConcurrentLinkedQueue<>();
  private final Queue<Fault> deletes = new ConcurrentLinkedQueue<>();

  public FaultyObjectStore(ObjectStore store) {
    this.store = store;
  }

  /** The next put fails at once: 503. */
  public FaultyObjectStore putUnavailable() {
    puts.add(new Fault(Kind.UNAVAILABLE, 0));
    return this;
  }

  /** The next put breaks off once this many bytes were read; no object is made. */
  public FaultyObjectStore putCut(long atByte) {
    puts.add(new Fault(Kind.CUT, atByte));
    return this;
  }

  /** The next put makes its object, but fails as if the answer were lost. */
  public FaultyObjectStore putAnswerLost() {
    puts.add(new Fault(Kind.ANSWER_LOST, 0));
    return this;
  }

  /** The next put goes nowhere until it is cancelled. */
  public FaultyObjectStore putHanging() {
    puts.add(new Fault(Kind.HANGING, 0));
    return this;
  }

  /** The next get fails at once: 503. */
  public FaultyObjectStore getUnavailable() {
    gets.add(new Fault(Kind.UNAVAILABLE, 0));
    return this;
  }

  /** The next get breaks off once this many bytes were written. */
  public FaultyObjectStore getCut(long atByte) {
    gets.add(new Fault(Kind.CUT, atByte));
    return this;
  }

  /** The next get brings a wrong byte here. */
  public FaultyObjectStore getFlipped(long atByte) {
    gets.add(new Fault(Kind.FLIPPED, atByte));
    return this;
  }

  /** The next get goes nowhere until it is cancelled. */
  public FaultyObjectStore getHanging() {
    gets.add(new Fault(Kind.HANGING, 0));
    return this;
  }

  /** The next delete deletes, but fails as if the answer were lost. */
  public FaultyObjectStore deleteAnswerLost() {
    deletes.add(new Fault(Kind.ANSWER_LOST, 0));
    return this;
  }

  @Override
  public Future<StoredObject> put(String key, SliceSource source, Cancellation cancellation) {
    Fault fault = puts.poll();
    if (fault == null) {
      return store.put(key, source, cancellation);
    }
    if (fault.kind() == Kind.CUT) {
      return store.put(key, new CutSource(source, fault.atByte()), cancellation);
    }
    return broken(fault, cancellation, () -> store.put(key, source, cancellation));
  }

  @Override
  public Future<StoredObject> get(String key, SliceSink sink, Cancellation cancellation) {
    Fault fault = gets.poll();
    if (fault == null) {
      return store.get(key, sink, cancellation);
    }
    if (fault.kind() == Kind.CUT || fault.kind() == Kind.FLIPPED) {
      BadSink bad = new BadSink(sink, fault);
      return store
          .get(key, bad, cancellation)
          .map(got -> new StoredObject(got.key(), got.sizeBytes(), bad.sha256()));
    }
    return broken(fault, cancellation, () -> store.get(key, sink, cancellation));
  }

  private static <T> Future<T> broken(
      Fault fault, Cancellation cancellation, Supplier<Future<T>> call) {
    if (fault.kind() == Kind.HANGING) {
      Promise<T> never = Promise.promise();
      cancellation.onCancel(() -> never.tryFail(cancellation.cause()));
      return never.future();
    }
    if (fault.kind() == Kind.ANSWER_LOST) {
      return call.get().compose(done -> Future.failedFuture(unavailable("answer lost")));
    }
    return Future.failedFuture(unavailable("503"));
  }

  @Override
  public Future<Optional<ObjectInfo>> head(String key) {
    return store.head(key);
  }

  @Override
  public Future<ObjectPage> list(String prefix, String continuation) {
    return store.list(prefix, continuation);
  }

  @Override
  public Future<List<String>> delete(List<String> keys) {
    Fault fault = deletes.poll();
    return fault == null
        ? store.delete(keys)
        : broken(fault, new Cancellation(), () -> store.delete(keys));
  }

  @Override
  public void close() {
    store.close();
  }

  private static TransferException unavailable(String how) {
    return new TransferException(
        Reason.STORE_UNAVAILABLE, "store: %s (as the test wants it)".formatted(how));
  }

  private record CutSource(SliceSource source, long atByte) implements SliceSource {
    @Override
    public String name() {
      return source.name();
    }

    @Override
    public long lengthBytes() {
      return source.lengthBytes();
    }

    @Override
    public Reader open() throws IOException {
      Reader reader = source.open();
      return new Reader() {
        private long done;

        @Override
        public int read(ByteBuffer buffer) throws IOException {
          if (done >= atByte) {
            throw unavailable("cut after %d bytes".formatted(done));
          }
          int limit = buffer.limit();
          buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), atByte - done));
          int count = reader.read(buffer);
          buffer.limit(limit);
          done += Math.max(0, count);
          return count;
        }

        @Override
        public void finish() throws IOException {
          reader.finish();
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  /** Cuts the stream at a byte, or flips that byte. */
  private static final class BadSink implements SliceSink {
    private final SliceSink sink;
    private final Fault fault;
    private volatile String sha256 = "";

    BadSink(SliceSink sink, Fault fault) {
      this.sink = sink;
      this.fault = fault;
    }

    String sha256() {
      return sha256;
    }

    @Override
    public String name() {
      return sink.name();
    }

    @Override
    public long lengthBytes() {
      return sink.lengthBytes();
    }

    @Override
    public Writer open() throws IOException {
      Writer writer = sink.open();
      MessageDigest digest = newDigest();
      return new Writer() {
        private long done;

        @Override
        public void write(ByteBuffer buffer) throws IOException {
          byte[] bytes = new byte[buffer.remaining()];
          buffer.get(bytes);
          int at = (int) Math.min(Integer.MAX_VALUE, fault.atByte() - done);
          boolean hit = at >= 0 && at < bytes.length;
          if (hit && fault.kind() == Kind.CUT) {
            writer.write(ByteBuffer.wrap(bytes, 0, at));
            throw unavailable("cut after %d bytes".formatted(fault.atByte()));
          }
          if (hit) {
            bytes[at] ^= 1;
          }
          digest.update(bytes);
          writer.write(ByteBuffer.wrap(bytes));
          done += bytes.length;
        }

        @Override
        public void finish() throws IOException {
          sha256 = HexFormat.of().formatHex(digest.digest());
          writer.finish();
        }

        @Override
        public void close() throws IOException {
          writer.close();
        }
      };
    }

    private static MessageDigest newDigest() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
