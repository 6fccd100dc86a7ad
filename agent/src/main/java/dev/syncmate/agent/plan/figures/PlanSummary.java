// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.SourcesHere;
import java.util.List;

/**
 * A plan in figures. Where a file may still turn out to be a tail or the whole, there are two: at
 * least, and at most.
 *
 * @param parts by kind and zone, in the order of the plan
 * @param largest the files that move most bytes, the largest first
 */
public record PlanSummary(
    List<Part> parts,
    Part total,
    List<Large> largest,
    Range slices,
    Range hours,
    R2Cost costMax,
    Space space,
    List<String> impossible) {

  /** A file, and the bytes of it that move at most. */
  public record Large(String sourcePath, long bytes) {}

  /** Two bounds; slices, bytes or hours. */
  public record Range(double min, double max) {}

  /**
   * What the plan is measured with.
   *
   * @param rateBytes bytes a second, all hosts together
   */
  public record Measure(long sliceSizeBytes, long windowBytes, long rateBytes) {}

  /** Files of one kind in one zone. */
  public record Part(
      String kind,
      String zone,
      long files,
      long here,
      long full,
      long append,
      long unresolved,
      long bytesMin,
      long bytesMax) {}

  /**
   * Free space at the destination, staging included. The staging of a new file becomes the file; a
   * tail, and what is replaced, is there twice for a while.
   *
   * @param growthBytes what the data set is larger by in the end
   * @param leastBytes enough if files are placed as soon as their publish groups let them, one
   *     after the other, in any order
   * @param mostBytes enough whatever is staged at once
   * @param togetherBytes staged of one publish group before the first of it is placed
   */
  public record Space(long growthBytes, long leastBytes, long mostBytes, long togetherBytes) {}

  /** Adds up. */
  public static PlanSummary of(Plan plan, SourcesHere sources, Measure measure) {
    Adding adding = new Adding(measure);
    for (int i = 0; i < plan.moves().size(); i++) {
      adding.add(plan.moves().get(i), sources.mode(i), sources.isHere(i));
    }
    return adding.summary();
  }
}
