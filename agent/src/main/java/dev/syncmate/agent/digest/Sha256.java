// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.digest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of small things, in one call. */
public final class Sha256 {
  private static final int BUFFER_BYTES = 64 * 1024;

  private Sha256() {}

  /** Of the parts, one behind the other. */
  public static byte[] of(byte[]... parts) {
    MessageDigest sha256 = start();
    for (byte[] part : parts) {
      sha256.update(part);
    }
    return sha256.digest();
  }

  /** Of a file's content. */
  public static byte[] of(Path file) throws IOException {
    MessageDigest sha256 = start();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      int length = in.read(buffer);
      while (length >= 0) {
        sha256.update(buffer, 0, length);
        length = in.read(buffer);
      }
    }
    return sha256.digest();
  }

  /** A sum that is yet to be fed. */
  public static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
