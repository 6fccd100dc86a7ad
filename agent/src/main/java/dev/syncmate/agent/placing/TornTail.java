// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.disk.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * What a crash left of a tail that was being written: each block of it is ours, or zeros from some
 * byte on, where a write had grown the file and its data never reached the disk. Anything else is
 * somebody else's.
 */
final class TornTail {
  /** Sectors: no disk or file system tears below that. */
  private static final int BLOCK_BYTES = 512;

  private static final int BUFFER_BYTES = 1 << 18;

  private final FileChannel ours;
  private final FileChannel found;
  private final long plannedBytes;

  /**
   * @param ours the tail, from its first byte
   * @param found the target
   */
  TornTail(FileChannel ours, FileChannel found, long plannedBytes) {
    this.ours = ours;
    this.found = found;
    this.plannedBytes = plannedBytes;
  }

  /** Offset of the first block before {@code endBytes} that is not ours, -1 for none. */
  long firstForeign(long endBytes) throws IOException {
    ByteBuffer expected = ByteBuffer.allocate(BUFFER_BYTES);
    ByteBuffer actual = ByteBuffer.allocate(BUFFER_BYTES);
    long offset = plannedBytes;
    while (offset < endBytes) {
      // Up to a multiple of the buffer, so that blocks are the disk's blocks.
      int length = (int) Math.min(BUFFER_BYTES - offset % BUFFER_BYTES, endBytes - offset);
      if (!fill(ours, expected, offset - plannedBytes, length)
          || !fill(found, actual, offset, length)) {
        return offset;
      }
      int foreign = firstForeign(expected, actual, offset);
      if (foreign >= 0) {
        return offset + foreign;
      }
      offset += length;
    }
    return -1;
  }

  private static int firstForeign(ByteBuffer expected, ByteBuffer actual, long offset) {
    int length = expected.limit();
    int at = 0;
    while (at < length) {
      int block = (int) Math.min(BLOCK_BYTES - (offset + at) % BLOCK_BYTES, length - at);
      int same = actual.slice(at, block).mismatch(expected.slice(at, block));
      if (same >= 0 && !isZero(actual.slice(at + same, block - same))) {
        return at;
      }
      at += block;
    }
    return -1;
  }

  private static boolean isZero(ByteBuffer block) {
    while (block.hasRemaining()) {
      if (block.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean fill(FileChannel from, ByteBuffer buffer, long position, int length)
      throws IOException {
    boolean full = FileBytes.readFully(from, buffer.clear().limit(length), position) == length;
    buffer.flip();
    return full;
  }
}
