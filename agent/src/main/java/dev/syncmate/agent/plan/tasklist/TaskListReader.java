// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.tasklist;

import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.schema.TaskLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one task list, line by line.
 *
 * <p><b>Threads.</b> One read, one thread.
 */
final class TaskListReader {
  private static final int LINE_CHARS_MAX = 64 * 1024;
  private static final int LINES_MAX = 4_000_000;

  private final Path file;
  private final List<TaskLine> lines = new ArrayList<>();
  private final Map<String, Integer> lineOfName = new HashMap<>();

  TaskListReader(Path file) {
    this.file = file;
  }

  List<TaskLine> read() {
    int number = 0;
    // A decoder of its own refuses what is not UTF-8; by a charset's name it would be replaced.
    var decoder = StandardCharsets.UTF_8.newDecoder();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(Files.newInputStream(file), decoder))) {
      String text = nextLine(reader, 1);
      while (text != null) {
        number++;
        add(number, (number == 1 ? withoutByteOrderMark(text) : text).strip());
        text = nextLine(reader, number + 1);
      }
    } catch (CharacterCodingException e) {
      throw new InputException("%s: not UTF-8 text after line %d".formatted(file, number), e);
    } catch (IOException e) {
      throw new InputException(Shown.problem(file, e), e);
    }
    return List.copyOf(lines);
  }

  private void add(int number, String text) {
    if (isComment(text)) {
      return;
    }
    TaskLine line = new TaskLineParser(file, number, text).parse();
    Integer first = lineOfName.putIfAbsent(line.virtualPath(), number);
    if (first != null) {
      throw new InputException(
          "%s line %d: virtual_path: %s is on line %d already (expected: each name once)"
              .formatted(file, number, Shown.text(line.virtualPath()), first));
    }
    if (lines.size() == LINES_MAX) {
      throw new InputException(
          "%s line %d: too many tasks (expected: at most %d)".formatted(file, number, LINES_MAX));
    }
    lines.add(line);
  }

  private static boolean isComment(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith("//");
  }

  private static String withoutByteOrderMark(String line) {
    return line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  /** BufferedReader.readLine with a limit: a file without line breaks must not fill the memory. */
  private @Nullable String nextLine(BufferedReader reader, int number) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      if (line.length() == LINE_CHARS_MAX) {
        throw new InputException(
            "%s line %d: longer than %d characters (expected: one JSON object a line)"
                .formatted(file, number, LINE_CHARS_MAX));
      }
      line.append((char) c);
      c = reader.read();
    }
    return line.toString();
  }
}
