// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file of OffsetFS: bytes {@code [offsetBytes, offsetBytes + lengthBytes)} of its source, or with
 * {@link #TO_THE_END} all from the offset on, growing with the source.
 */
public record VirtualFile(String name, Path source, long offsetBytes, long lengthBytes) {
  /** Length of a file that ends where its source ends. */
  public static final long TO_THE_END = -1;

  private static final int NAME_BYTES_MAX = 255;

  /** Refuses names that don't fit a flat directory, relative sources and impossible ranges. */
  public VirtualFile {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0
        || name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      throw new IllegalArgumentException(
          "name: \"%s\" (expected: a file name without /, at most %d bytes, not . or ..)"
              .formatted(name, NAME_BYTES_MAX));
    }
    if (!source.isAbsolute()) {
      throw new IllegalArgumentException(
          "source of %s: %s (expected: an absolute path)".formatted(name, source));
    }
    if (offsetBytes < 0
        || lengthBytes < TO_THE_END
        || offsetBytes > Long.MAX_VALUE - Math.max(0, lengthBytes)) {
      throw new IllegalArgumentException(
          "slice %s: offset %d, length %d (expected: both >= 0, end below 2^63)"
              .formatted(name, offsetBytes, lengthBytes));
    }
  }

  boolean isBounded() {
    return lengthBytes != TO_THE_END;
  }

  /** First byte of the source that is not ours, or as far as files go. */
  long endBytes() {
    return isBounded() ? offsetBytes + lengthBytes : Long.MAX_VALUE;
  }

  /** Bytes that the file may have. */
  long sizeMaxBytes() {
    return endBytes() - offsetBytes;
  }
}
