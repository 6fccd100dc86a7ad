// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import dev.syncmate.agent.disk.FileBytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Pieces of one file after another, on their way into MD5. What is small is read at once, and only
 * once, however many digests are made of it: system calls are dearer than bytes.
 *
 * <p><b>Threads.</b> One; it is made to be used again by it.
 */
final class Samples {
  static final int READ_ONCE_BYTES_MAX = 16 * 1024;

  private final MessageDigest md5 = md5();
  private final ByteBuffer window = ByteBuffer.allocate(READ_ONCE_BYTES_MAX);
  private long windowStart;

  /** Forgets what it read. */
  void begin() {
    md5.reset();
    window.limit(0);
  }

  /** Reads the file's first bytes, so that pieces of them need no reading. */
  void readOnce(FileChannel file, int lengthBytes) throws IOException {
    fill(file, 0, lengthBytes);
  }

  void update(FileChannel file, long position, int lengthBytes) throws IOException {
    if (position < windowStart || position + lengthBytes > windowStart + window.limit()) {
      fill(file, position, lengthBytes);
    }
    md5.update(window.array(), (int) (position - windowStart), lengthBytes);
  }

  byte[] digest() {
    return md5.digest();
  }

  private void fill(FileChannel file, long position, int lengthBytes) throws IOException {
    window.clear().limit(lengthBytes);
    windowStart = position;
    int read = FileBytes.readFully(file, window, position);
    if (read < lengthBytes) {
      throw new EOFException(
          "file ends at byte %d (expected: at least %d)"
              .formatted(position + read, position + lengthBytes));
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has MD5", e);
    }
  }
}
