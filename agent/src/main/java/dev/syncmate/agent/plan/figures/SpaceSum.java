// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import dev.syncmate.agent.plan.figures.PlanSummary.Space;
import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import java.util.Objects;

/** Adds up what the destination needs room for. */
final class SpaceSum {
  private final StagedTogether together = new StagedTogether();
  private long growthBytes;
  private long grownBytes;
  private long largestTwiceBytes;
  private long largestTailBytes;

  /**
   * Adds a file.
   *
   * @param stagedBytes of it at most
   */
  void add(PlannedFile file, PlanMode mode, long stagedBytes) {
    long grows = file.sizeBytes() - Objects.requireNonNullElse(file.targetSizeBytes(), 0L);
    growthBytes += grows;
    // What shrinks may be placed last.
    grownBytes += Math.max(0, grows);
    largestTwiceBytes = Math.max(largestTwiceBytes, StagedTogether.doubled(file, mode));
    together.add(file, mode, stagedBytes);
    if (mode != PlanMode.FULL) {
      largestTailBytes = Math.max(largestTailBytes, grows);
    }
  }

  /**
   * The sums.
   *
   * @param stagedBytes of all files at most
   */
  Space of(long stagedBytes) {
    long least = grownBytes + largestTwiceBytes + together.doubledBytes();
    return new Space(
        growthBytes,
        least,
        Math.max(least, stagedBytes + largestTailBytes),
        together.largestBytes());
  }
}
