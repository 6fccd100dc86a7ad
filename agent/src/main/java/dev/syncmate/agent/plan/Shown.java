// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Text that came from outside, made fit for one line of a message. */
final class Shown {
  private static final int CHARS_MAX = 120;

  private Shown() {}

  /** In double quotes, control characters escaped, cut where it is long. */
  static String text(String text) {
    return text(text, CHARS_MAX);
  }

  static String text(String text, int charsMax) {
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

  /** What a JSON parser complained about, without its source excerpt and its line breaks. */
  static String problem(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    String first = message == null ? e.getClass().getSimpleName() : message;
    // Jackson says "(start marker at [Source: REDACTED …])", with no source to name.
    String line =
        first.lines().findFirst().orElse("").replaceAll(" ?\\(start marker.*", "").strip();
    return line.length() > 2 * CHARS_MAX ? line.substring(0, 2 * CHARS_MAX) + "…" : line;
  }

  /** Why a file could not be read. */
  static String problem(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return file + ": no such file";
    }
    if (e instanceof AccessDeniedException) {
      return file + ": permission denied";
    }
    String message = e.getMessage();
    if (message == null) {
      return file + ": " + e.getClass().getSimpleName();
    }
    return file + ": " + message.replace('\n', ' ').replace('\r', ' ');
  }

  /** Bytes of the text in UTF-8, or -1 where it can't be written as UTF-8 (a lone surrogate). */
  static int utf8Length(String text) {
    if (isAscii(text)) {
      return text.length();
    }
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return bytes.remaining();
    } catch (CharacterCodingException e) {
      return -1;
    }
  }

  /** Whether a control character is in it, that receivers refuse in a path. */
  static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) == 0x7f) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }
}
