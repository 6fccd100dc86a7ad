// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Results go to {@code out}, everything for people to {@code err}. */
record Console(PrintWriter out, PrintWriter err) {
  static Console of(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("a command without its specification");
    }
    return new Console(spec.commandLine().getOut(), spec.commandLine().getErr());
  }

  /** Whether stderr is a terminal; System.console() would speak of stdin and stdout. */
  static boolean errIsTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException noSuchLink) {
      return false;
    }
  }

  void say(String line) {
    err.println(line);
    err.flush();
  }

  void warn(String line) {
    say(SyncMate.NAME + ": warning: " + line);
  }

  void result(String line) {
    out.println(line);
    out.flush();
  }
}
