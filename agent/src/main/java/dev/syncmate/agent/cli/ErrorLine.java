// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.config.ConfigException;
import dev.syncmate.agent.disk.DiskFault;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a failed command says, on one line, and its exit code. */
record ErrorLine(ExitCode exitCode, String text) {

  static ErrorLine of(Throwable thrown) {
    Throwable failure = unwrapped(thrown);
    if (failure instanceof CommandException command) {
      return line(command.exitCode(), message(command));
    }
    if (failure instanceof ConfigException config) {
      return line(ExitCode.USAGE, message(config));
    }
    if (failure instanceof TransferException transfer) {
      return line(transfer.reason().exitCode(), message(transfer));
    }
    if (failure instanceof IOException io) {
      return line(ExitCode.LOCAL_IO, message(io));
    }
    if (failure instanceof InterruptedException) {
      return line(ExitCode.INTERRUPTED, "interrupted");
    }
    return line(
        ExitCode.SOME_FAILED,
        "internal error: %s: %s (-vv shows where; please report it)"
            .formatted(failure.getClass().getSimpleName(), message(failure)));
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable failure = thrown;
    while (failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof UncheckedIOException) {
      Throwable cause = failure.getCause();
      if (cause == null) {
        return failure;
      }
      failure = cause;
    }
    return failure;
  }

  // The JDK's file exceptions say the path and leave the error to the class name.
  private static String message(Throwable failure) {
    String said = failure.getMessage();
    if (said == null || said.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return said + ": " + kind(file);
    }
    return said;
  }

  private static String kind(FileSystemException failure) {
    return DiskFault.of(failure) == DiskFault.MISSING
        ? "no such file or folder"
        : DiskFault.words(failure);
  }

  private static ErrorLine line(ExitCode exitCode, String text) {
    return new ErrorLine(exitCode, Console.oneLine(text));
  }
}
