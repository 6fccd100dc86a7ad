// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.tasklist;

import dev.syncmate.agent.input.Allowed;
import org.jspecify.annotations.Nullable;

/** Names in a flat directory, as virtual paths are. */
public final class FlatName {
  /** Longest name that a directory of a Linux file system can hold. */
  public static final int BYTES_MAX = 255;

  private FlatName() {}

  /** The name of the bytes behind the offset. */
  public static String ofTail(String name, long offsetBytes) {
    return name + ".offset." + offsetBytes;
  }

  /** What is expected in place of the name, or null. */
  static @Nullable String problem(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return "a file name other than . and ..";
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      return "a name without / and NUL";
    }
    int bytes = Allowed.utf8Length(name);
    return bytes < 0 || bytes > BYTES_MAX ? "at most %d bytes of UTF-8".formatted(BYTES_MAX) : null;
  }
}
