// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/** A slice in memory, which counts what is done with it and fails where it is told to. */
public final class MemorySink implements SliceSink {
  private final String name;
  private final byte[] content;
  private final AtomicInteger opens = new AtomicInteger();
  private final AtomicInteger finishes = new AtomicInteger();
  private final AtomicInteger closes = new AtomicInteger();
  private volatile Exception writeFailure;
  private volatile Exception finishFailure;
  private volatile LongConsumer onWrite = doneBytes -> {};

  public MemorySink(String name, int lengthBytes) {
    this.name = name;
    this.content = new byte[lengthBytes];
  }

  /** Fails every write: an IOException or a RuntimeException. */
  public MemorySink failWrite(Exception error) {
    writeFailure = error;
    return this;
  }

  /** Fails every finish. */
  public MemorySink failFinish(Exception error) {
    finishFailure = error;
    return this;
  }

  /** Runs before every write with the number of bytes written so far, on the writing thread. */
  public MemorySink onWrite(LongConsumer action) {
    onWrite = action;
    return this;
  }

  public synchronized byte[] content() {
    return content.clone();
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

  private synchronized void put(int position, ByteBuffer buffer, int count) {
    buffer.get(content, position, count);
  }

  @Override
  public Writer open() {
    opens.incrementAndGet();
    return new Writer() {
      private int done;

      @Override
      public void write(ByteBuffer buffer) throws IOException {
        onWrite.accept(done);
        Faults.raise(writeFailure, () -> {});
        int count = buffer.remaining();
        if (count > content.length - done) {
          throw bad("more than " + content.length);
        }
        put(done, buffer, count);
        done += count;
      }

      @Override
      public void finish() throws IOException {
        if (done != content.length) {
          throw bad("only " + done);
        }
        Faults.raise(finishFailure, () -> {});
        finishes.incrementAndGet();
      }

      private TransferException bad(String got) {
        return new TransferException(
            Reason.OBJECT_BAD,
            "%s: %s bytes came (expected: %d)".formatted(name, got, content.length));
      }

      @Override
      public void close() {
        closes.incrementAndGet();
      }
    };
  }
}
