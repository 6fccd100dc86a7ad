// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Where the bytes of a slice come from. Can be opened again for a retry; each pass reads from the
 * first byte.
 *
 * <p><b>Threads.</b> A source is immutable; a reader belongs to one thread at a time.
 */
public interface SliceSource {
  /** What it is, for messages. */
  String name();

  /** Bytes that a pass yields. */
  long lengthBytes();

  /** Begins a pass. */
  Reader open() throws IOException;

  /** One pass over the slice. */
  interface Reader extends Closeable {
    /**
     * Reads into the buffer, at least one byte.
     *
     * @return bytes read, -1 at the end of the slice
     * @throws dev.syncmate.agent.failure.TransferException when the source ends early
     */
    int read(ByteBuffer buffer) throws IOException;

    /**
     * Ends a pass whose bytes were all read.
     *
     * @throws dev.syncmate.agent.failure.TransferException reason source_changed when the source is
     *     not what it was at {@link SliceSource#open()}; the bytes must not be used then
     */
    void finish() throws IOException;
  }
}
