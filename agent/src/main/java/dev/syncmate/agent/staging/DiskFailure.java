// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;

/** Says what an I/O error of a local disk means. */
public final class DiskFailure {
  private DiskFailure() {}

  /**
   * The failure of doing {@code what}. Reasons: no_space (RETRY), disk_denied (OTHER_HOST),
   * disk_error (RETRY).
   */
  public static TransferException of(String what, IOException cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left") || text.contains("quota exceeded")) {
      return new TransferException(
          Disposition.RETRY,
          "no_space",
          "%s: %s; free some space, it is tried again".formatted(what, cause.getMessage()),
          cause);
    }
    if (cause instanceof AccessDeniedException
        || text.contains("permission denied")
        || text.contains("operation not permitted")
        || text.contains("read-only file system")) {
      return new TransferException(
          Disposition.OTHER_HOST,
          "disk_denied",
          "%s: %s; let the agent's user write there".formatted(what, describe(cause)),
          cause);
    }
    return new TransferException(
        Disposition.RETRY, "disk_error", "%s: %s".formatted(what, describe(cause)), cause);
  }

  /** Not enough free bytes. */
  public static TransferException noSpace(String where, long neededBytes, long freeBytes) {
    return new TransferException(
        Disposition.RETRY,
        "no_space",
        "%s: %d bytes free (expected: >= %d); free some space, it is tried again"
            .formatted(where, freeBytes, neededBytes));
  }

  private static String describe(IOException cause) {
    return cause.getClass().getSimpleName() + " " + cause.getMessage();
  }
}
