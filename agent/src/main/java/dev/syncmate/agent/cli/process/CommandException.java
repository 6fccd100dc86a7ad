// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.process;

import dev.syncmate.agent.failure.ExitCode;
import org.jspecify.annotations.Nullable;

/** Ends a command: the message becomes one line on stderr, the exit code that of the process. */
public final class CommandException extends RuntimeException {
  private final ExitCode exitCode;

  public CommandException(ExitCode exitCode, String message) {
    this(exitCode, message, null);
  }

  public CommandException(ExitCode exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The status of the process. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
