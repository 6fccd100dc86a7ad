// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import dev.syncmate.agent.disk.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of a part of a file: all of its bytes are read. */
public final class RangeDigest {
  private static final int CHUNK_BYTES = 1 << 20;

  private RangeDigest() {}

  /** In hex digits; of what there is, where the file ends before. */
  public static String sha256(FileChannel file, long offsetBytes, long lengthBytes)
      throws IOException {
    MessageDigest sha256 = newSha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK_BYTES, lengthBytes));
    long at = offsetBytes;
    long end = offsetBytes + lengthBytes;
    while (at < end) {
      int length = (int) Math.min(CHUNK_BYTES, end - at);
      int read = FileBytes.readFully(file, buffer.clear().limit(length), at);
      sha256.update(buffer.flip());
      if (read < length) {
        break;
      }
      at += read;
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
