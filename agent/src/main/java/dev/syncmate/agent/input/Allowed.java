// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.input;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The sizes and paths that are taken from a profile or a task list. */
public final class Allowed {
  /** Largest number that every JSON reader keeps exactly. */
  public static final long BYTES_MAX = 9_007_199_254_740_991L;

  /** Longest path. */
  public static final int PATH_CHARS_MAX = 4096;

  private Allowed() {}

  /** Whether it is an absolute path that any host can have. */
  public static boolean isAbsolutePath(String text) {
    return text.startsWith("/")
        && text.length() <= PATH_CHARS_MAX
        && text.indexOf('\0') < 0
        && utf8Length(text) >= 0;
  }

  /** Bytes of the text in UTF-8, or -1 where it can't be written as UTF-8 (a lone surrogate). */
  public static int utf8Length(String text) {
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
  public static boolean hasControl(String text) {
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
