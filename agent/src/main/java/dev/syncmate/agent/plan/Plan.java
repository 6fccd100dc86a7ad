// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.List;

/**
 * What must move, and what was found on the way.
 *
 * @param files in a stable order: maps, then objects, each by name and shard
 * @param unchangedFiles files that the destination has already
 * @param warnings one line each; the plan is right all the same
 * @param errors files that could not be planned
 */
public record Plan(
    List<PlannedFile> files, long unchangedFiles, List<String> warnings, List<FileError> errors) {
  /** Copies the lists. */
  public Plan {
    files = List.copyOf(files);
    warnings = List.copyOf(warnings);
    errors = List.copyOf(errors);
  }

  /** A file that is left out of the plan, and why. */
  public record FileError(String sourcePath, String message) {
    /** One line. */
    public String line() {
      return Shown.text(sourcePath) + ": " + message;
    }
  }

  /** Files of the mode. */
  public long count(PlanMode mode) {
    return files.stream().filter(file -> file.mode() == mode).count();
  }

  /** Bytes to move; unresolved files count in full, they may turn out to be less. */
  public long bytes() {
    return files.stream().mapToLong(Plan::bytes).sum();
  }

  private static long bytes(PlannedFile file) {
    Long target = file.targetSizeBytes();
    return file.mode() == PlanMode.APPEND && target != null
        ? file.sizeBytes() - target
        : file.sizeBytes();
  }
}
