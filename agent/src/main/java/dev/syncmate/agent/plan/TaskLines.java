// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Task lists as JSONL, one {@link TaskLine} a line: what taskgen writes and what mount reads.
 *
 * <p>Blank lines and lines that begin with {@code #} or {@code //} are skipped, fields that are not
 * known are ignored. A {@code size} of 0 means: to the end of the source.
 *
 * <p><b>Errors.</b> {@link InputException} that names the file, the line and the field.
 */
public final class TaskLines {
  /** Longest name that a directory of a Linux file system can hold. */
  static final int NAME_BYTES_MAX = 255;

  static final int PATH_CHARS_MAX = 4096;
  private static final int LINE_CHARS_MAX = 64 * 1024;
  private static final int LINES_MAX = 4_000_000;

  /** Largest number that every JSON reader keeps exactly. */
  static final long BYTES_MAX = 9_007_199_254_740_991L;

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");
  private static final ObjectReader READER =
      Contract.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  // ASCII alone survives any locale of a terminal or a pipe.
  private static final ObjectWriter WRITER =
      Contract.mapper()
          .writerFor(TaskLine.class)
          .with(JsonWriteFeature.ESCAPE_NON_ASCII)
          .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .withRootValueSeparator("\n");

  private TaskLines() {}

  /** Reads a list; at least the names in it are distinct and fit for a flat directory. */
  public static List<TaskLine> read(Path file) {
    List<TaskLine> lines = new ArrayList<>();
    Map<String, Integer> lineOfName = new HashMap<>();
    var decoder = StandardCharsets.UTF_8.newDecoder();
    int number = 0;
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(Files.newInputStream(file), decoder))) {
      String text = nextLine(reader, file, 1);
      while (text != null) {
        number++;
        String stripped = number == 1 ? withoutByteOrderMark(text).strip() : text.strip();
        if (!isComment(stripped)) {
          TaskLine line = new Line(file, number, stripped).parse();
          Integer first = lineOfName.putIfAbsent(line.virtualPath(), number);
          if (first != null) {
            throw new InputException(
                "%s line %d: virtual_path: %s is on line %d already (expected: each name once)"
                    .formatted(file, number, Shown.text(line.virtualPath()), first));
          }
          if (lines.size() == LINES_MAX) {
            throw new InputException(
                "%s line %d: too many tasks (expected: at most %d)"
                    .formatted(file, number, LINES_MAX));
          }
          lines.add(line);
        }
        text = nextLine(reader, file, number + 1);
      }
    } catch (CharacterCodingException e) {
      throw new InputException("%s: not UTF-8 text after line %d".formatted(file, number), e);
    } catch (IOException e) {
      throw new InputException(Shown.problem(file, e), e);
    }
    return List.copyOf(lines);
  }

  /** Writes one line per task, each ended by a newline; answers with their number. */
  public static long write(Iterable<TaskLine> lines, Writer out) throws IOException {
    long count = 0;
    SequenceWriter sequence = WRITER.writeValues(out);
    for (TaskLine line : lines) {
      sequence.write(line);
      count++;
    }
    sequence.flush();
    if (count > 0) {
      out.write('\n');
    }
    return count;
  }

  /**
   * The lines for a file of a plan: one, or both candidates while it is unresolved, to append and
   * to replace.
   */
  public static List<TaskLine> of(PlannedFile file) {
    Long target = file.targetSizeBytes();
    return switch (file.mode()) {
      case FULL -> List.of(line(file, file.virtualPath(), 0));
      case APPEND -> List.of(line(file, file.virtualPath(), Objects.requireNonNull(target)));
      case UNRESOLVED -> {
        long offset = Objects.requireNonNull(target);
        yield List.of(
            line(file, VirtualNames.tail(file.virtualPath(), offset), offset),
            line(file, file.virtualPath(), 0));
      }
    };
  }

  private static TaskLine line(PlannedFile file, String virtualPath, long offset) {
    return new TaskLine(
        virtualPath,
        file.sourcePath(),
        offset,
        file.sizeBytes() - offset,
        file.targetPath(),
        file.sourceDigest(),
        file.targetDigest());
  }

  /** What is wrong with a name for a flat directory, or null. */
  static @Nullable String nameProblem(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return "a file name other than . and ..";
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      return "a name without / and NUL";
    }
    int bytes = Shown.utf8Length(name);
    if (bytes < 0 || bytes > NAME_BYTES_MAX) {
      return "at most %d bytes of UTF-8".formatted(NAME_BYTES_MAX);
    }
    return null;
  }

  private static boolean isComment(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith("//");
  }

  private static String withoutByteOrderMark(String line) {
    return line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  /** BufferedReader.readLine with a limit: a file without line breaks must not fill the memory. */
  private static @Nullable String nextLine(BufferedReader reader, Path file, int number)
      throws IOException {
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

  /** One line on its way to a task. */
  private record Line(Path file, int number, String text) {
    TaskLine parse() {
      JsonNode node = tree();
      String virtualPath = required(node, "virtual_path").textValue();
      String problem = virtualPath == null ? "a string" : nameProblem(virtualPath);
      if (virtualPath == null || problem != null) {
        throw wrong(node, "virtual_path", String.valueOf(problem));
      }
      long offset = bytes(node, "offset");
      long size = bytes(node, "size");
      if (offset > BYTES_MAX - size) {
        throw wrong(node, "size", "offset + size at most " + BYTES_MAX);
      }
      return new TaskLine(
          virtualPath,
          sourcePath(node),
          offset,
          size,
          targetPath(node),
          digest(node, "source_digest"),
          digest(node, "target_digest"));
    }

    private JsonNode tree() {
      try {
        JsonNode node = READER.readTree(text);
        if (node == null || !node.isObject()) {
          throw new InputException(
              "%s line %d: found %s (expected: a JSON object)"
                  .formatted(file, number, Shown.text(text)));
        }
        return node;
      } catch (JsonProcessingException e) {
        throw new InputException(
            "%s line %d: not JSON: %s (expected: one object a line)"
                .formatted(file, number, Shown.problem(e)),
            e);
      }
    }

    private JsonNode required(JsonNode node, String field) {
      JsonNode value = node.get(field);
      if (value == null) {
        throw new InputException(
            "%s line %d: no %s (expected: virtual_path, source_path, offset, size)"
                .formatted(file, number, field));
      }
      return value;
    }

    private String sourcePath(JsonNode node) {
      String path = required(node, "source_path").textValue();
      if (path == null || !isAbsolutePath(path)) {
        throw wrong(node, "source_path", "an absolute path");
      }
      return path;
    }

    private @Nullable String targetPath(JsonNode node) {
      JsonNode value = node.get("target_path");
      if (value == null || value.isNull()) {
        return null;
      }
      String path = value.textValue();
      if (path == null || !(path.isEmpty() || isAbsolutePath(path))) {
        throw wrong(node, "target_path", "an absolute path or null");
      }
      return path.isEmpty() ? null : path;
    }

    private long bytes(JsonNode node, String field) {
      JsonNode value = required(node, field);
      if (!value.isIntegralNumber() || !value.canConvertToLong()) {
        throw wrong(node, field, "a whole number from 0 to " + BYTES_MAX);
      }
      long bytes = value.longValue();
      if (bytes < 0 || bytes > BYTES_MAX) {
        throw wrong(node, field, "a whole number from 0 to " + BYTES_MAX);
      }
      return bytes;
    }

    private @Nullable String digest(JsonNode node, String field) {
      JsonNode value = node.get(field);
      if (value == null || value.isNull()) {
        return null;
      }
      String digest = value.textValue();
      if (digest == null || !(digest.isEmpty() || DIGEST.matcher(digest).matches())) {
        throw wrong(node, field, "16 hex digits or null");
      }
      return digest.isEmpty() ? null : digest;
    }

    private static boolean isAbsolutePath(String path) {
      return path.startsWith("/")
          && path.indexOf('\0') < 0
          && path.length() <= PATH_CHARS_MAX
          && Shown.utf8Length(path) >= 0;
    }

    private InputException wrong(JsonNode node, String field, String expected) {
      JsonNode value = node.get(field);
      return new InputException(
          "%s line %d: %s: found %s (expected: %s)"
              .formatted(
                  file,
                  number,
                  field,
                  value != null && value.isTextual()
                      ? Shown.text(value.textValue())
                      : Shown.text(String.valueOf(value)),
                  expected));
    }
  }
}
