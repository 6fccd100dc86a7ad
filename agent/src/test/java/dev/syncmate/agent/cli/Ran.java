// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line did: exit code, stdout, stderr. */
public record Ran(int exitCode, String out, String err) {
  /** Runs the command line in this process. */
  public static Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(args, new PrintWriter(out), new PrintWriter(err));
    return new Ran(exitCode, out.toString(), err.toString());
  }
}
