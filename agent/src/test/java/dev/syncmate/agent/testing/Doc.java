// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A document of the repository, as tests compare it with the code. */
public record Doc(String path, List<String> lines) {
  private static final Pattern CODE_SPAN = Pattern.compile("`([^`]+)`");
  private static final Pattern CODE_BLOCK = Pattern.compile("```.*?```", Pattern.DOTALL);

  /** The document at a path below the repository's root. */
  public static Doc of(String path) {
    try {
      return new Doc(path, Files.readAllLines(LocalStack.root().resolve(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String text() {
    return String.join("\n", lines);
  }

  /** The document without the section of that heading. */
  public Doc without(String heading) {
    List<String> kept = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      inside = line.startsWith("## ") ? line.equals("## " + heading) : inside;
      if (!inside) {
        kept.add(line);
      }
    }
    return new Doc(path, kept);
  }

  /** Rows of the table whose first heading is this one: the text of each cell. */
  public List<List<String>> table(String firstHeading) {
    int head = 0;
    while (head < lines.size() && !cells(lines.get(head)).get(0).equals(firstHeading)) {
      head++;
    }
    if (head == lines.size()) {
      throw new AssertionError("%s: no table '%s'".formatted(path, firstHeading));
    }
    return lines.stream()
        .skip(head + 2)
        .takeWhile(line -> line.startsWith("|"))
        .map(Doc::cells)
        .toList();
  }

  /** What stands between backticks in a text, code blocks apart. */
  public static List<String> codeSpans(String text) {
    return CODE_SPAN
        .matcher(CODE_BLOCK.matcher(text).replaceAll(""))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static List<String> cells(String line) {
    String inner = line.replaceAll("^\\|\\s*|\\s*\\|$", "");
    return Arrays.stream(inner.split("\\s*\\|\\s+", -1)).toList();
  }

  @Override
  public String toString() {
    return path;
  }
}
