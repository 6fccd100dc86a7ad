// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is the matter with a file. */
public enum DiskFault {
  MISSING(null),
  NOT_A_FOLDER(null),
  DENIED("permission denied"),
  NOT_PERMITTED("operation not permitted"),
  READ_ONLY("read-only file system"),
  NO_SPACE("no space left"),
  QUOTA_EXCEEDED("quota exceeded"),
  TOO_LARGE("file too large"),
  OTHER(null);

  /** What the system says of it, where the JDK has no type for it, or not once a file is open. */
  private final @Nullable String systemText;

  DiskFault(@Nullable String systemText) {
    this.systemText = systemText;
  }

  /** What the error, or one that caused it, stands for. */
  public static DiskFault of(IOException error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      DiskFault fault = ofOne(cause);
      if (fault != OTHER) {
        return fault;
      }
    }
    return OTHER;
  }

  /** The error in a few words, on one line, without the file's name. */
  public static String words(IOException error) {
    return switch (of(error)) {
      case MISSING -> "no such file";
      case NOT_A_FOLDER -> "not a folder";
      case DENIED -> "permission denied";
      default -> said(error).replaceAll("\\s*\\R\\s*", " ");
    };
  }

  private static DiskFault ofOne(Throwable error) {
    if (error instanceof NoSuchFileException) {
      return MISSING;
    }
    if (error instanceof AccessDeniedException) {
      return DENIED;
    }
    if (error instanceof NotDirectoryException) {
      return NOT_A_FOLDER;
    }
    String said = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    for (DiskFault fault : values()) {
      if (fault.systemText != null && said.contains(fault.systemText)) {
        return fault;
      }
    }
    return OTHER;
  }

  /** Of the JDK's file exceptions the reason alone: their message has the path in front. */
  private static String said(IOException error) {
    String said = error instanceof FileSystemException file ? file.getReason() : error.getMessage();
    return said == null ? error.getClass().getSimpleName() : said;
  }
}
