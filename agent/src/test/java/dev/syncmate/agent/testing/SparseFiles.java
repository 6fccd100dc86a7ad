// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Files with holes. */
public final class SparseFiles {
  private static final int BLOCK_BYTES = 512;

  private SparseFiles() {}

  /** Room that the file takes on its disk; the JDK does not tell. */
  public static long allocatedBytes(Path file) throws IOException {
    Process stat =
        new ProcessBuilder("stat", "-c", "%b", file.toString()).redirectErrorStream(true).start();
    String said = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(said.strip()) * BLOCK_BYTES;
  }
}
