// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.input;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.syncmate.agent.disk.DiskFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Text that came from outside, made fit for one line of a message. */
public final class Shown {
  private static final int CHARS_MAX = 120;

  private Shown() {}

  /** In double quotes, control characters escaped, cut where it is long. */
  public static String text(String text) {
    return text(text, CHARS_MAX);
  }

  /** As {@link #text(String)}, cut elsewhere. */
  public static String text(String text, int charsMax) {
    StringBuilder shown = new StringBuilder("\"");
    int end = Math.min(text.length(), charsMax);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) {
        shown.append("\\u%04x".formatted((int) c));
      } else {
        shown.append(c);
      }
    }
    return shown.append(text.length() > charsMax ? "…\"" : "\"").toString();
  }

  /** The first ones of a list, and whether there are more. */
  public static String first(int shownMax, Stream<String> items) {
    List<String> some = items.limit(shownMax + 1L).toList();
    return some.size() > shownMax
        ? String.join(", ", some.subList(0, shownMax)) + ", …"
        : String.join(", ", some);
  }

  /** What a JSON parser complained about, without its source excerpt and its line breaks. */
  public static String problem(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    String first = message == null ? e.getClass().getSimpleName() : message;
    // Jackson says "(start marker at [Source: REDACTED …])", with no source to name.
    String line =
        first.lines().findFirst().orElse("").replaceAll(" ?\\(start marker.*", "").strip();
    return line.length() > 2 * CHARS_MAX ? line.substring(0, 2 * CHARS_MAX) + "…" : line;
  }

  /** Why a file could not be read. */
  public static String problem(Path file, IOException e) {
    return file + ": " + DiskFault.words(e);
  }
}
