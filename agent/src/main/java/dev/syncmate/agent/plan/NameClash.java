// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.Shown;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The source files of one name, in one line; a million may have it, so only the first are kept. */
final class NameClash {
  private static final int SHOWN_MAX = 3;

  private final SortedSet<String> first = new TreeSet<>();
  private int count;

  void add(String path) {
    count++;
    first.add(path);
    if (first.size() > SHOWN_MAX) {
      first.remove(first.last());
    }
  }

  String line(String name) {
    return "%s: %d source files have this name: sent under different virtual paths: %s%s"
        .formatted(
            Shown.text(name),
            count,
            first.stream().map(Shown::text).collect(Collectors.joining(", ")),
            count > SHOWN_MAX ? ", …" : "");
  }
}
