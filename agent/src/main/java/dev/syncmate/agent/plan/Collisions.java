// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.schema.PlannedFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds files of a plan that would meet in one target, or under one virtual path. Nobody knows
 * which of them is right, so none of them is kept.
 *
 * <p>The destination folder is not known here: a known target whose last two segments are those of
 * a default target may be the same file.
 */
final class Collisions {
  private final List<PlannedFile> kept = new ArrayList<>();
  private final List<FileError> errors = new ArrayList<>();

  Collisions(List<PlannedFile> planned) {
    Set<String> targets = repeated(planned, Collisions::target);
    Set<String> virtualPaths = repeated(planned, PlannedFile::virtualPath);
    Map<String, Integer> placesTaken = new HashMap<>();
    planned.forEach(file -> placesTaken.merge(place(file), 1, Integer::sum));
    Set<String> defaults =
        planned.stream()
            .filter(file -> file.targetPath() == null)
            .map(Collisions::place)
            .collect(Collectors.toSet());
    for (PlannedFile file : planned) {
      boolean mayMeetDefault =
          defaults.contains(place(file)) && placesTaken.getOrDefault(place(file), 0) > 1;
      if (targets.contains(target(file)) || mayMeetDefault) {
        refuse(file, "another file would go to the same target " + Shown.text(target(file)));
      } else if (virtualPaths.contains(file.virtualPath())) {
        refuse(file, "another file has its virtual path " + Shown.text(file.virtualPath()));
      } else {
        kept.add(file);
      }
    }
  }

  List<PlannedFile> kept() {
    return kept;
  }

  List<FileError> errors() {
    return errors;
  }

  private void refuse(PlannedFile file, String message) {
    errors.add(new FileError(file.sourcePath(), message + " (expected: one source for each)"));
  }

  private static Set<String> repeated(List<PlannedFile> files, Function<PlannedFile, String> key) {
    Set<String> seen = new HashSet<>();
    return files.stream().map(key).filter(k -> !seen.add(k)).collect(Collectors.toSet());
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
