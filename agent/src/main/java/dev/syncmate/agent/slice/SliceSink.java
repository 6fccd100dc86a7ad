// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a slice go. Can be opened again for a retry; each pass writes from the first
 * byte.
 *
 * <p><b>Threads.</b> A sink is immutable; a writer belongs to one thread at a time.
 */
public interface SliceSink {
  /** What it is, for messages. */
  String name();

  /** Bytes that a pass must bring. */
  long lengthBytes();

  /** Begins a pass. */
  Writer open() throws IOException;

  /** One pass over the slice. */
  interface Writer extends Closeable {
    /**
     * Writes all that the buffer holds.
     *
     * @throws dev.syncmate.agent.failure.TransferException when more comes than the slice has
     */
    void write(ByteBuffer buffer) throws IOException;

    /** Makes what was written durable (fsync). Called once all bytes are written. */
    void finish() throws IOException;
  }
}
