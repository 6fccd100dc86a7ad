// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.process;

import dev.syncmate.agent.failure.ExitCode;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs this command line again as a process of its own session, and waits until that has written
 * its pid file.
 *
 * <p><b>Errors.</b> What the process said is repeated, and its exit code is the answer.
 */
public final class Background {
  /** The word of the command line that asks for it. */
  public static final String FLAG = "--background";

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final long ASK_MS = 50;

  private final PidFile pidFile;
  private final Path log;

  /** A process that this file will name. */
  public Background(PidFile pidFile) {
    this.pidFile = pidFile;
    this.log = pidFile.path().resolveSibling(pidFile.path().getFileName() + ".log");
  }

  /** Where the process's stderr goes. */
  public Path log() {
    return log;
  }

  /** Starts it; the exit code of this process. */
  public int start(PrintWriter err) throws InterruptedException {
    try {
      Process process = process();
      while (!process.waitFor(ASK_MS, TimeUnit.MILLISECONDS)) {
        if (pidFile.pid().equals(Optional.of(process.pid()))) {
          return ExitCode.DONE.code();
        }
      }
      err.print(Files.readString(log));
      err.flush();
      return process.exitValue();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.LOCAL_IO, "%s: %s".formatted(FLAG, String.valueOf(e.getMessage())), e);
    }
  }

  private Process process() throws IOException {
    // Of its own session: Ctrl-C and the end of the terminal are not for it. It execs: same pid.
    List<String> command = new ArrayList<>(List.of("setsid"));
    List<String> words = List.of(Files.readString(COMMAND_LINE).split("\0", -1));
    // Each word ends with a NUL, so that the last piece is none.
    words.subList(0, words.size() - 1).stream()
        .filter(word -> !word.equals(FLAG))
        .forEach(command::add);
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(log.toFile())
        .start();
  }
}
