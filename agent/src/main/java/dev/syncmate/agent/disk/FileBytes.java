// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;

/** Whole buffers from and to files: one call of a channel may move fewer bytes than asked for. */
public final class FileBytes {
  private FileBytes() {}

  /** Looks at what was opened. */
  @FunctionalInterface
  public interface Check {
    /**
     * Refuses it by an exception.
     *
     * @param links names that the file has
     */
    void opened(long inode, int links) throws IOException;
  }

  /** The file, to be read; what is no regular file, as a link, is refused. */
  public static FileChannel openToRead(Path file) throws IOException {
    return open(file, (inode, links) -> {}, StandardOpenOption.READ);
  }

  /** The file, to be read and written, if it exists, is a regular one, and passes the check. */
  public static FileChannel openToWrite(Path file, Check check) throws IOException {
    return open(file, check, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Opened is what was looked at: another file may get the name meanwhile. */
  private static FileChannel open(Path file, Check check, OpenOption... options)
      throws IOException {
    if (!Handle.isSupported()) {
      look(file, file, check, LinkOption.NOFOLLOW_LINKS);
      return FileChannel.open(file, options);
    }
    try (Handle handle = Handle.of(file)) {
      look(handle.path(), file, check);
      return FileChannel.open(handle.path(), options);
    }
  }

  private static void look(Path held, Path file, Check check, LinkOption... options)
      throws IOException {
    Map<String, Object> found = Files.readAttributes(held, "unix:isRegularFile,ino,nlink", options);
    if (!Boolean.TRUE.equals(found.get("isRegularFile"))) {
      // Opening a pipe would wait for its other end.
      throw new FileSystemException(file.toString(), null, "not a regular file");
    }
    check.opened(
        ((Number) Objects.requireNonNull(found.get("ino"))).longValue(),
        ((Number) Objects.requireNonNull(found.get("nlink"))).intValue());
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
