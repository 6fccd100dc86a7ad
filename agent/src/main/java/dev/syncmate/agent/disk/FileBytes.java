// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Whole buffers from and to files: one call of a channel may move fewer bytes than asked for. */
public final class FileBytes {
  private FileBytes() {}

  /** The file, to be read; a link in its place is refused, not followed. */
  public static FileChannel openToRead(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Fills the buffer from a place in the file.
   *
   * @return bytes read; the buffer has room left only where the file ended before
   */
  public static int readFully(FileChannel from, ByteBuffer into, long position) throws IOException {
    int start = into.position();
    while (into.hasRemaining() && from.read(into, position + into.position() - start) >= 0) {
      // Goes on behind what came.
    }
    return into.position() - start;
  }

  /** Writes all that the buffer holds to a place in the file; if that fails, what is left in it. */
  public static void writeFully(FileChannel to, ByteBuffer from, long position) throws IOException {
    int start = from.position();
    while (from.hasRemaining()) {
      to.write(from, position + from.position() - start);
    }
  }

  /** As {@link #writeFully(FileChannel, ByteBuffer, long)}, to where the channel stands. */
  public static void writeFully(FileChannel to, ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      to.write(from);
    }
  }
}
