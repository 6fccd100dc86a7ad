// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sink whose writes are observed. */
record ObservedSink(SliceSink sink, ByteObserver observer) implements SliceSink {
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
    observer.opened();
    Writer writer = sink.open();
    return new Writer() {
      @Override
      public void write(ByteBuffer buffer) throws IOException {
        int count = buffer.remaining();
        writer.write(buffer);
        observer.moved(count);
      }

      @Override
      public void finish() throws IOException {
        writer.finish();
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }
}
