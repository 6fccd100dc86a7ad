// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Gives disk errors their meaning: what the agent must do about each. */
public final class LocalErrors {
  private LocalErrors() {}

  /** Of a source: source_missing and source_unreadable (OTHER_HOST), read_failed (RETRY). */
  public static TransferException reading(String name, IOException error) {
    if (error instanceof NoSuchFileException) {
      return new TransferException(
          Disposition.OTHER_HOST,
          "source_missing",
          name + ": no such file on this host; check the path maps, or let a host that has it send",
          error);
    }
    if (error instanceof AccessDeniedException) {
      return new TransferException(
          Disposition.OTHER_HOST,
          "source_unreadable",
          name + ": permission denied on this host; let the agent's user read it",
          error);
    }
    return new TransferException(
        Disposition.RETRY,
        "read_failed",
        "%s: can't be read (%s); check the disk or mount".formatted(name, text(error)),
        error);
  }

  /** Of a sink: no_space (RETRY), sink_denied (STOP_AGENT), write_failed (RETRY). */
  public static TransferException writing(String name, IOException error) {
    if (isNoSpace(error)) {
      return new TransferException(
          Disposition.RETRY,
          "no_space",
          "%s: %s; free some space".formatted(name, text(error)),
          error);
    }
    if (error instanceof AccessDeniedException) {
      return new TransferException(
          Disposition.STOP_AGENT,
          "sink_denied",
          name + ": permission denied; let the agent's user write there",
          error);
    }
    return new TransferException(
        Disposition.RETRY,
        "write_failed",
        "%s: can't be written (%s); check the disk or mount".formatted(name, text(error)),
        error);
  }

  /** Disk full or quota used up. The JDK has no type for either, only the system's text. */
  public static boolean isNoSpace(IOException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String text = cause.getMessage();
      if (text != null && namesNoSpace(text)) {
        return true;
      }
    }
    return false;
  }

  private static boolean namesNoSpace(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("no space left on device") || lower.contains("quota exceeded");
  }

  private static String text(IOException error) {
    @Nullable String text = error.getMessage();
    if (error instanceof FileSystemException fileError && fileError.getReason() != null) {
      text = fileError.getReason();
    }
    return text == null ? error.getClass().getSimpleName() : text;
  }
}
