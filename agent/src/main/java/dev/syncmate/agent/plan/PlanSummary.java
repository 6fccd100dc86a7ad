// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.schema.PlanMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

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
  private static final int LARGEST_MAX = 10;

  /** More slices of one file the coordinator refuses. */
  private static final long SLICES_PER_FILE_MAX = 100_000;

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
  public static PlanSummary of(Plan plan, SourceCheck check, Measure measure) {
    Adding adding = new Adding(measure);
    for (int i = 0; i < plan.moves().size(); i++) {
      adding.add(plan.moves().get(i), check.mode(i), check.isHere(i));
    }
    return adding.summary();
  }

  private static final Comparator<Large> SMALLEST_FIRST =
      Comparator.comparingLong(Large::bytes)
          .thenComparing(Large::sourcePath, Comparator.reverseOrder());

  private static final class Adding {
    private final Measure measure;
    private final Map<String, Sum> sums = new HashMap<>();
    private final List<Sum> inOrder = new ArrayList<>();
    private final Sum total = new Sum("", "");
    private final PriorityQueue<Large> largest = new PriorityQueue<>(SMALLEST_FIRST);
    private final List<String> impossible = new ArrayList<>();
    private long slicesMin;
    private long slicesMax;
    private long growthBytes;
    private long grownBytes;
    private long largestTwiceBytes;
    private long largestTailBytes;
    private final StagedTogether together = new StagedTogether();

    Adding(Measure measure) {
      this.measure = measure;
    }

    void add(Plan.Move move, PlanMode mode, boolean here) {
      long whole = move.file().sizeBytes();
      Long target = move.file().targetSizeBytes();
      long old = target == null ? 0 : target;
      long min = mode == PlanMode.FULL ? whole : whole - old;
      long max = mode == PlanMode.APPEND ? whole - old : whole;
      String key = move.kind() + "\0" + move.file().zone();
      Sum sum =
          sums.computeIfAbsent(
              key,
              first -> {
                Sum added = new Sum(move.kind(), move.file().zone());
                inOrder.add(added);
                return added;
              });
      sum.add(mode, here, min, max);
      total.add(mode, here, min, max);
      slicesMin += slices(min);
      slicesMax += slices(max);
      if (slices(max) > SLICES_PER_FILE_MAX) {
        impossible.add(
            "%s: %d slices (expected: at most %d; give a larger --slice-size)"
                .formatted(Shown.text(move.file().sourcePath()), slices(max), SLICES_PER_FILE_MAX));
      }
      growthBytes += whole - old;
      // What shrinks may be placed last.
      grownBytes += Math.max(0, whole - old);
      largestTwiceBytes = Math.max(largestTwiceBytes, StagedTogether.doubled(move.file(), mode));
      together.add(move.file(), mode, max);
      if (mode != PlanMode.FULL) {
        largestTailBytes = Math.max(largestTailBytes, whole - old);
      }
      if (largest.size() == LARGEST_MAX && largest.element().bytes() < max) {
        largest.remove();
      }
      if (largest.size() < LARGEST_MAX) {
        largest.add(new Large(move.file().sourcePath(), max));
      }
    }

    PlanSummary summary() {
      List<Large> top = new ArrayList<>(largest);
      top.sort(SMALLEST_FIRST.reversed());
      Part all = total.part();
      double seconds = (double) all.bytesMax() / measure.rateBytes();
      double hoursMax = seconds / 3600;
      double hoursMin = (double) all.bytesMin() / measure.rateBytes() / 3600;
      long least = grownBytes + largestTwiceBytes + together.doubledBytes();
      return new PlanSummary(
          inOrder.stream().map(Sum::part).toList(),
          all,
          top,
          new Range(slicesMin, slicesMax),
          new Range(hoursMin, hoursMax),
          R2Cost.of(all.bytesMax(), slicesMax, measure.windowBytes(), hoursMax),
          new Space(
              growthBytes,
              least,
              Math.max(least, all.bytesMax() + largestTailBytes),
              together.largestBytes()),
          List.copyOf(impossible));
    }

    private long slices(long bytes) {
      return Math.max(1, (bytes + measure.sliceSizeBytes() - 1) / measure.sliceSizeBytes());
    }
  }

  private static final class Sum {
    private final String kind;
    private final String zone;
    private long full;
    private long append;
    private long unresolved;
    private long files;
    private long here;
    private long bytesMin;
    private long bytesMax;

    Sum(String kind, String zone) {
      this.kind = kind;
      this.zone = zone;
    }

    void add(PlanMode mode, boolean isHere, long min, long max) {
      files++;
      here += isHere ? 1 : 0;
      switch (mode) {
        case FULL -> full++;
        case APPEND -> append++;
        case UNRESOLVED -> unresolved++;
      }
      bytesMin += min;
      bytesMax += max;
    }

    Part part() {
      return new Part(kind, zone, files, here, full, append, unresolved, bytesMin, bytesMax);
    }
  }
}
