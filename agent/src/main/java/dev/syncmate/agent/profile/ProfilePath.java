// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import dev.syncmate.agent.input.Allowed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Paths as profiles name them: always with {@code /}, whatever this host calls the file. */
final class ProfilePath {
  private ProfilePath() {}

  /** The absolute path without doubled slashes and {@code .}; null where it is not fit for use. */
  static @Nullable String normal(String path) {
    if (!Allowed.isAbsolutePath(path) || path.endsWith("/")) {
      return null;
    }
    if (!path.contains("//") && !path.contains("/.")) {
      return path;
    }
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        return null;
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    return segments.isEmpty() || path.endsWith("/.") ? null : "/" + String.join("/", segments);
  }
}
