// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.relay;

import dev.syncmate.schema.PlannedFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which files of a plan are placed before which: those of lower order of their publish group. Files
 * of one order are not held for each other: their objects would stay in the bucket until the last
 * of them is there, and may be more than the window.
 */
final class PlacingOrder {
  private final Map<Integer, List<PlannedFile>> byOrder = new TreeMap<>();
  private final Map<String, List<PlannedFile>> byGroup = new HashMap<>();

  PlacingOrder(List<PlannedFile> files) {
    for (PlannedFile file : files) {
      byOrder.computeIfAbsent(order(file), first -> new ArrayList<>()).add(file);
      if (file.publishGroup() != null) {
        byGroup.computeIfAbsent(file.publishGroup(), first -> new ArrayList<>()).add(file);
      }
    }
  }

  /** All files, the lowest order first. */
  Collection<List<PlannedFile>> steps() {
    return byOrder.values();
  }

  /** Files that must be at the destination before this one. */
  List<PlannedFile> before(PlannedFile file) {
    if (order(file) == 0 || file.publishGroup() == null) {
      return List.of();
    }
    return byGroup.getOrDefault(file.publishGroup(), List.of()).stream()
        .filter(other -> order(other) < order(file))
        .toList();
  }

  private static int order(PlannedFile file) {
    return Objects.requireNonNullElse(file.publishOrder(), 0);
  }
}
