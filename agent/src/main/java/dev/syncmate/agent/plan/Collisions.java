// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.Plan.FileError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds files of a plan that would meet in one target, or under one virtual path. Nobody knows
 * which of them is right, so none of them is kept.
 *
 * <p>The destination folder is not known here: a known target whose last two segments are those of
 * a default target may be the same file.
 */
final class Collisions {
  private final List<FileError> errors = new ArrayList<>();
  private final BitSet refused = new BitSet();

  Collisions(Moves moves) {
    int count = moves.size();
    Set<String> places = Repeats.of(count, i -> place(moves.target(i)));
    Set<String> virtualPaths = Repeats.of(count, moves::virtualPath);
    // Files of the same target have the same place.
    if (places.isEmpty() && virtualPaths.isEmpty()) {
      return;
    }
    Set<String> targets = Repeats.of(count, moves::target);
    Set<String> defaults =
        IntStream.range(0, count)
            .filter(i -> !moves.target(i).startsWith("/"))
            .mapToObj(moves::target)
            .filter(places::contains)
            .collect(Collectors.toSet());
    for (int i = 0; i < count; i++) {
      String target = moves.target(i);
      if (targets.contains(target) || defaults.contains(place(target))) {
        refuse(moves, i, "another file would go to the same target " + Shown.text(target));
      } else if (virtualPaths.contains(moves.virtualPath(i))) {
        refuse(moves, i, "another file has its virtual path " + Shown.text(moves.virtualPath(i)));
      }
    }
  }

  /** Positions of the files that are not kept. */
  BitSet refused() {
    return refused;
  }

  List<FileError> errors() {
    return errors;
  }

  private void refuse(Moves moves, int position, String message) {
    refused.set(position);
    String source = moves.get(position).file().sourcePath();
    errors.add(new FileError(source, message + " (expected: one source for each)"));
  }

  /** Last folder and name of the target. */
  private static String place(String target) {
    int name = target.lastIndexOf('/');
    return target.substring(target.lastIndexOf('/', name - 1) + 1);
  }
}
