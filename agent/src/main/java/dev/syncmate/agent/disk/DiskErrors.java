// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Gives disk errors their meaning: what the agent must do about each. */
public final class DiskErrors {
  /** Disk full, quota used up. The JDK has no type for either, only the system's text. */
  private static final List<String> FULL = List.of("no space left", "quota exceeded");

  private static final List<String> DENIED =
      List.of("permission denied", "operation not permitted", "read-only file system");

  private DiskErrors() {}

  /** Of a source: SOURCE_MISSING, SOURCE_UNREADABLE or READ_FAILED. */
  public static TransferException reading(String name, IOException error) {
    if (error instanceof NoSuchFileException) {
      return new TransferException(
          Reason.SOURCE_MISSING,
          name + ": no such file on this host; check the path maps, or let a host that has it send",
          error);
    }
    if (error instanceof AccessDeniedException) {
      return new TransferException(
          Reason.SOURCE_UNREADABLE,
          name + ": permission denied on this host; let the agent's user read it",
          error);
    }
    return new TransferException(
        Reason.READ_FAILED,
        "%s: can't be read (%s); check the disk or mount".formatted(name, text(error)),
        error);
  }

  /** Of staging or a target: NO_SPACE, DISK_DENIED or DISK_ERROR. */
  public static TransferException writing(String name, IOException error) {
    if (says(error, FULL)) {
      return new TransferException(
          Reason.NO_SPACE,
          "%s: %s; free some space, it is tried again".formatted(name, error.getMessage()),
          error);
    }
    if (error instanceof AccessDeniedException || says(error, DENIED)) {
      return new TransferException(
          Reason.DISK_DENIED,
          "%s: %s; let the agent's user write there".formatted(name, described(error)),
          error);
    }
    return new TransferException(
        Reason.DISK_ERROR, "%s: %s".formatted(name, described(error)), error);
  }

  /** Not enough free bytes. */
  public static TransferException noSpace(String name, long neededBytes, long freeBytes) {
    return new TransferException(
        Reason.NO_SPACE,
        "%s: %d bytes free (expected: >= %d); free some space, it is tried again"
            .formatted(name, freeBytes, neededBytes));
  }

  private static boolean says(IOException error, List<String> texts) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (texts.stream().anyMatch(said::contains)) {
        return true;
      }
    }
    return false;
  }

  private static String described(IOException error) {
    return error.getClass().getSimpleName() + " " + error.getMessage();
  }

  private static String text(IOException error) {
    @Nullable String text = error.getMessage();
    if (error instanceof FileSystemException fileError && fileError.getReason() != null) {
      text = fileError.getReason();
    }
    return text == null ? error.getClass().getSimpleName() : text;
  }
}
