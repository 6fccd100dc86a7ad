// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.slice.SourceStamp;
import dev.syncmate.agent.slice.StampedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** A slice in memory, which counts what is done with it and fails where it is told to. */
public final class MemorySource implements StampedSource {
  /** Of every pass. */
  public static final SourceStamp STAMP = new SourceStamp(10, 1, 1, 7, true);

  private final String name;
  private final byte[] content;
  private final AtomicInteger opens = new AtomicInteger();
  private final AtomicInteger finishes = new AtomicInteger();
  private final AtomicInteger closes = new AtomicInteger();
  private volatile Exception openFailure;
  private volatile Exception readFailure;
  private volatile Exception finishFailure;
  private volatile LongConsumer onRead = doneBytes -> {};

  public MemorySource(String name, byte[] content) {
    this.name = name;
    this.content = content.clone();
  }

  @Override
  public SourceStamp stamp() {
    return STAMP;
  }

  /** Fails every open: an IOException or a RuntimeException. */
  public MemorySource failOpen(Exception error) {
    openFailure = error;
    return this;
  }

  /** Fails the second read of every pass. */
  public MemorySource failRead(Exception error) {
    readFailure = error;
    return this;
  }

  /** Fails every finish: the source changed. */
  public MemorySource failFinish(Exception error) {
    finishFailure = error;
    return this;
  }

  /** Runs before every read with the number of bytes read so far, on the reading thread. */
  public MemorySource onRead(LongConsumer action) {
    onRead = action;
    return this;
  }

  public int opens() {
    return opens.get();
  }

  public int finishes() {
    return finishes.get();
  }

  public int closes() {
    return closes.get();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long lengthBytes() {
    return content.length;
  }

  @Override
  public Reader open() throws IOException {
    opens.incrementAndGet();
    Faults.raise(openFailure, () -> closes.incrementAndGet());
    return new Reader() {
      private int done;

      @Override
      public int read(ByteBuffer buffer) throws IOException {
        onRead.accept(done);
        if (done > 0) {
          Faults.raise(readFailure, () -> {});
        }
        if (done == content.length) {
          return -1;
        }
        int count = Math.min(buffer.remaining(), content.length - done);
        buffer.put(content, done, count);
        done += count;
        return count;
      }

      @Override
      public void finish() throws IOException {
        finishes.incrementAndGet();
        Faults.raise(finishFailure, () -> {});
      }

      @Override
      public void close() {
        closes.incrementAndGet();
      }
    };
  }
}
