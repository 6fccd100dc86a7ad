// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.Path;

/** Room for what is to be written. */
public final class FreeSpace {
  private FreeSpace() {}

  /**
   * Free bytes where the folder is, or will be.
   *
   * @throws TransferException when it can't be found out
   */
  public static long bytes(Path folder) {
    Path existing = FileSystems.existing(folder);
    try {
      return FileSystems.usableBytes(existing);
    } catch (IOException e) {
      throw DiskErrors.writing("free bytes of " + existing, e);
    }
  }

  /**
   * Refuses to begin what would not fit.
   *
   * @param what is to be written, for the message
   * @throws TransferException reason no_space
   */
  public static void require(String what, Path folder, long neededBytes) {
    long freeBytes = bytes(folder);
    if (freeBytes < neededBytes) {
      throw new TransferException(
          Reason.NO_SPACE,
          "%s: %d bytes free (expected: >= %d); free some space, it is tried again"
              .formatted(what, freeBytes, neededBytes));
    }
  }
}
