// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.schema.PlannedFile;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  Collisions(List<PlannedFile> planned) {
    int count = planned.size();
    Set<String> places = Repeats.of(count, i -> place(planned.get(i)));
    Set<String> virtualPaths = Repeats.of(count, i -> planned.get(i).virtualPath());
    // Files of the same target have the same place.
    if (places.isEmpty() && virtualPaths.isEmpty()) {
      return;
    }
    Set<String> targets = Repeats.of(count, i -> target(planned.get(i)));
    Set<String> defaults =
        planned.stream()
            .filter(file -> file.targetPath() == null)
            .map(Collisions::place)
            .filter(places::contains)
            .collect(Collectors.toSet());
    for (int i = 0; i < count; i++) {
      PlannedFile file = planned.get(i);
      if (targets.contains(target(file)) || defaults.contains(place(file))) {
        refuse(i, file, "another file would go to the same target " + Shown.text(target(file)));
      } else if (virtualPaths.contains(file.virtualPath())) {
        refuse(i, file, "another file has its virtual path " + Shown.text(file.virtualPath()));
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

  private void refuse(int position, PlannedFile file, String message) {
    refused.set(position);
    errors.add(new FileError(file.sourcePath(), message + " (expected: one source for each)"));
  }

  private static String target(PlannedFile file) {
    String path = file.targetPath();
    return path == null ? file.destSub() + "/" + file.destName() : path;
  }

  /** Last folder and name of the target. */
  private static String place(PlannedFile file) {
    String target = target(file);
    int name = target.lastIndexOf('/');
    return target.substring(target.lastIndexOf('/', name - 1) + 1);
  }
}
