// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Reads slices for their sums alone. */
final class SliceDigest {
  private static final int BUFFER_BYTES = 1 << 20;

  private SliceDigest() {}

  /**
   * The SHA-256 of a slice, in hex digits.
   *
   * @param check called between buffers; what it throws ends the reading
   */
  static String of(SliceSource source, Runnable check) throws IOException {
    MessageDigest digest = Sha256.start();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try (SliceSource.Reader reader = source.open()) {
      while (reader.read(buffer) >= 0) {
        check.run();
        digest.update(buffer.flip());
        buffer.clear();
      }
      reader.finish();
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
