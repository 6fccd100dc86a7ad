// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.Plan;
import dev.syncmate.agent.plan.figures.PlanSummary.Large;
import dev.syncmate.agent.plan.figures.PlanSummary.Measure;
import dev.syncmate.agent.plan.figures.PlanSummary.Part;
import dev.syncmate.agent.plan.figures.PlanSummary.Range;
import dev.syncmate.schema.PlanMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The figures of the files that were added so far.
 *
 * <p><b>Threads.</b> One.
 */
final class Adding {
  private static final int LARGEST_MAX = 10;

  /** More slices of one file the coordinator refuses. */
  private static final long SLICES_PER_FILE_MAX = 100_000;

  private static final double HOUR_SECONDS = 3600;

  private static final Comparator<Large> SMALLEST_FIRST =
      Comparator.comparingLong(Large::bytes)
          .thenComparing(Large::sourcePath, Comparator.reverseOrder());

  private final Measure measure;
  private final Map<String, PartSum> parts = new LinkedHashMap<>();
  private final PartSum total = new PartSum("", "");
  private final PriorityQueue<Large> largest = new PriorityQueue<>(SMALLEST_FIRST);
  private final List<String> impossible = new ArrayList<>();
  private final SpaceSum space = new SpaceSum();
  private long slicesMin;
  private long slicesMax;

  Adding(Measure measure) {
    this.measure = measure;
  }

  void add(Plan.Move move, PlanMode mode, boolean here) {
    String source = move.file().sourcePath();
    long min = move.bytesMin(mode);
    long max = move.bytesMax(mode);
    part(move.kind(), move.file().zone()).add(mode, here, min, max);
    total.add(mode, here, min, max);
    slicesMin += slices(min);
    slicesMax += slices(max);
    if (slices(max) > SLICES_PER_FILE_MAX) {
      impossible.add(
          "%s: %d slices (expected: at most %d; give a larger --slice-size)"
              .formatted(Shown.text(source), slices(max), SLICES_PER_FILE_MAX));
    }
    space.add(move.file(), mode, max);
    if (largest.size() == LARGEST_MAX && largest.element().bytes() < max) {
      largest.remove();
    }
    if (largest.size() < LARGEST_MAX) {
      largest.add(new Large(source, max));
    }
  }

  PlanSummary summary() {
    Part all = total.part();
    List<Large> top = new ArrayList<>(largest);
    top.sort(SMALLEST_FIRST.reversed());
    return new PlanSummary(
        parts.values().stream().map(PartSum::part).toList(),
        all,
        top,
        new Range(slicesMin, slicesMax),
        new Range(hours(all.bytesMin()), hours(all.bytesMax())),
        R2Cost.of(all.bytesMax(), slicesMax, measure.windowBytes(), hours(all.bytesMax())),
        space.of(all.bytesMax()),
        List.copyOf(impossible));
  }

  private PartSum part(String kind, String zone) {
    return parts.computeIfAbsent(kind + "\0" + zone, first -> new PartSum(kind, zone));
  }

  private long slices(long bytes) {
    return Math.max(1, (bytes + measure.sliceSizeBytes() - 1) / measure.sliceSizeBytes());
  }

  private double hours(long bytes) {
    return (double) bytes / measure.rateBytes() / HOUR_SECONDS;
  }
}
