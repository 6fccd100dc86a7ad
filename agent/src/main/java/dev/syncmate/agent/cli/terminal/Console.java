// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.disk.OutputFile;
import dev.syncmate.schema.Contract;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Results go to {@code out}, everything for people to {@code err}.
 *
 * @param verbose whether lists are shown whole
 */
public record Console(PrintWriter out, PrintWriter err, boolean verbose) {
  /** What begins a line of this program's own. */
  public static final String PROGRAM = "syncmate";

  /** How stdout is called where a file can be named. */
  public static final String STDOUT = "-";

  private static final int NOTES_MAX = 20;

  /** Whether stderr is a terminal; System.console() would speak of stdin and stdout. */
  public static boolean errIsTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException noSuchLink) {
      return false;
    }
  }

  /** The text without its line ends. */
  public static String oneLine(@Nullable String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** This one without results: what would be one is for people too. */
  public Console forPeople() {
    return new Console(err, err, verbose);
  }

  /** A line for people. */
  public void say(String line) {
    err.println(line);
    err.flush();
  }

  /** A line for people, of what is odd but no reason to stop. */
  public void warn(String line) {
    say(PROGRAM + ": warning: " + line);
  }

  /** Remarks of one kind: the first ones, or all with {@code -v}. */
  public void notes(String kind, List<String> notes) {
    int shown = verbose ? notes.size() : Math.min(notes.size(), NOTES_MAX);
    for (String note : notes.subList(0, shown)) {
      err.println("%s: %s: %s".formatted(PROGRAM, kind, oneLine(note)));
    }
    if (shown < notes.size()) {
      err.println(
          "%s: %s: and %d more (-v shows all)".formatted(PROGRAM, kind, notes.size() - shown));
    }
    err.flush();
  }

  /** A line of the result. */
  public void result(String line) {
    out.println(line);
    out.flush();
  }

  /** The result as JSON, on one line. */
  public void json(Object value) {
    try {
      result(Contract.mapper().writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a result to a file, which is replaced at once, or to {@link #STDOUT}. */
  public void write(String name, OutputFile.Content content) throws IOException {
    if (!name.equals(STDOUT)) {
      OutputFile.replace(Path.of(name), content);
      return;
    }
    content.writeTo(out);
    if (out.checkError()) {
      throw new IOException("standard output: can't be written");
    }
  }
}
