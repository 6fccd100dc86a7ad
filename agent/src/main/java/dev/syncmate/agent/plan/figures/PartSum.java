// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import dev.syncmate.agent.plan.figures.PlanSummary.Part;
import dev.syncmate.schema.PlanMode;

/** Adds up the files of one kind in one zone. */
final class PartSum {
  private final String kind;
  private final String zone;
  private long full;
  private long append;
  private long unresolved;
  private long files;
  private long here;
  private long bytesMin;
  private long bytesMax;

  PartSum(String kind, String zone) {
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
      case REPAIR -> throw new IllegalStateException("a plan from profiles repairs nothing");
    }
    bytesMin += min;
    bytesMax += max;
  }

  Part part() {
    return new Part(kind, zone, files, here, full, append, unresolved, bytesMin, bytesMax);
  }
}
