// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Paths as profiles name them: always with {@code /}, whatever this host calls the file. */
final class SourcePaths {
  private SourcePaths() {}

  /** The absolute path without doubled slashes and {@code .}; null where it is not fit for use. */
  static @Nullable String normal(String path) {
    if (!path.startsWith("/")
        || path.endsWith("/")
        || path.length() > TaskLines.PATH_CHARS_MAX
        || path.indexOf('\0') >= 0
        || Shown.utf8Length(path) < 0) {
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

  /** First segment of the path: which hosts reach a file cheaply depends on it. */
  static String zone(String path) {
    int end = path.indexOf('/', 1);
    return end < 0 ? "/" : path.substring(0, end);
  }
}
