// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What publish groups need of the destination's space: files that are placed together are staged
 * together, beside those that they replace.
 *
 * <p>Files of one group and order must be added one after the other, as they are in a plan.
 */
final class StagedTogether {
  private @Nullable String group;
  private int order;
  private long files;
  private long staged;
  private long doubled;
  private long largest;
  private long doubledOfAll;

  /**
   * Adds a file.
   *
   * @param stagedBytes of it at most
   */
  void add(PlannedFile file, PlanMode mode, long stagedBytes) {
    int at = Objects.requireNonNullElse(file.publishOrder(), 0);
    if (file.publishGroup() == null || !file.publishGroup().equals(group) || at != order) {
      close();
      group = file.publishGroup();
      order = at;
    }
    files++;
    staged += stagedBytes;
    doubled += doubled(file, mode);
  }

  /** Bytes of the group that needs most staging before its first file is placed. */
  long largestBytes() {
    close();
    return largest;
  }

  /** Bytes that are there twice while all groups are staged. */
  long doubledBytes() {
    close();
    return doubledOfAll;
  }

  private void close() {
    if (group != null && files > 1) {
      largest = Math.max(largest, staged);
      doubledOfAll += doubled;
    }
    group = null;
    files = 0;
    staged = 0;
    doubled = 0;
  }

  /**
   * What a file needs beside what it grows by. Whole files are renamed: until then what they
   * replace is there. Tails are copied.
   */
  static long doubled(PlannedFile file, PlanMode mode) {
    long old = Objects.requireNonNullElse(file.targetSizeBytes(), 0L);
    long tail = file.sizeBytes() - old;
    return switch (mode) {
      case FULL -> Math.min(old, file.sizeBytes());
      case APPEND -> tail;
      case UNRESOLVED -> Math.max(old, tail);
      case REPAIR -> throw new IllegalStateException("a plan from profiles repairs nothing");
    };
  }
}
