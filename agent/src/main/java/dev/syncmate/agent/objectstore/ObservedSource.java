// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A source whose reads are observed. */
record ObservedSource(SliceSource source, ByteObserver observer) implements SliceSource {
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
    observer.opened();
    Reader reader = source.open();
    return new Reader() {
      @Override
      public int read(ByteBuffer buffer) throws IOException {
        int count = reader.read(buffer);
        if (count > 0) {
          observer.moved(count);
        }
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
