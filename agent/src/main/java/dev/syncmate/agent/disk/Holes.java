// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Zeros that take no room: what is zero already, as what was never written, is not written again.
 *
 * <p><b>Threads.</b> Any.
 */
public final class Holes {
  /** The smallest hole that is looked for: a multiple of what file systems hand out. */
  private static final int PIECE_BYTES = 1 << 16;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PIECE_BYTES).asReadOnlyBuffer();

  private Holes() {}

  /** Writes all that the buffer holds to a place in the file, but for zeros that are there. */
  public static void writeFully(FileChannel to, ByteBuffer from, long position) throws IOException {
    long at = position;
    while (from.hasRemaining()) {
      int length = (int) Math.min(from.remaining(), PIECE_BYTES - at % PIECE_BYTES);
      boolean zeros = isZero(from, from.position(), length);
      while (!zeros && length < from.remaining()) {
        int next = Math.min(from.remaining() - length, PIECE_BYTES);
        if (isZero(from, from.position() + length, next)) {
          break;
        }
        length += next;
      }
      if (!zeros || !readsZero(to, at, length)) {
        FileBytes.writeFully(to, from.slice(from.position(), length), at);
      }
      from.position(from.position() + length);
      at += length;
    }
  }

  /** Makes the file at least so long. */
  public static void extend(FileChannel file, long lengthBytes) throws IOException {
    if (file.size() < lengthBytes) {
      // Not cut to the length: others may make it longer at the same time.
      FileBytes.writeFully(file, ZEROS.slice(0, 1), lengthBytes - 1);
    }
  }

  /** Whether all that the buffer holds is zero. */
  public static boolean isZero(ByteBuffer buffer) {
    return isZero(buffer, buffer.position(), buffer.remaining());
  }

  private static boolean isZero(ByteBuffer buffer, int from, int length) {
    for (int at = 0; at < length; at += PIECE_BYTES) {
      int piece = Math.min(PIECE_BYTES, length - at);
      if (buffer.slice(from + at, piece).mismatch(ZEROS.slice(0, piece)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** What is behind the end counts as zero. */
  private static boolean readsZero(FileChannel file, long position, int length) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(length);
    FileBytes.readFully(file, found, position);
    return isZero(found.flip());
  }
}
