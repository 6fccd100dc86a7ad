// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.schema.PlanMode;
import dev.syncmate.schema.PlannedFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StagedTogetherTest {
  private final StagedTogether together = new StagedTogether();

  private void add(
      @Nullable String group, int order, PlanMode mode, long size, @Nullable Long old) {
    PlannedFile file =
        new PlannedFile(
            "f", "/z/f", size, null, null, old, null, mode, "gz", "f", "/z", group, order, null,
            null, null);
    together.add(file, mode, mode == PlanMode.APPEND && old != null ? size - old : size);
  }

  @Test
  void newVersion_isStagedTogetherAndRenamed() {
    add("map/a/V", 0, PlanMode.FULL, 100, null);
    add("map/a/V", 0, PlanMode.FULL, 50, null);
    add("map/b/V", 0, PlanMode.FULL, 70, null);
    add("map/b/V", 0, PlanMode.FULL, 60, null);
    assertThat(together.largestBytes()).isEqualTo(150);
    assertThat(together.doubledBytes()).isZero();
  }

  @Test
  void versionsReplaced_areThereTwiceAllAtOnce() {
    add("map/a/V", 0, PlanMode.FULL, 100, 90L);
    add("map/a/V", 0, PlanMode.FULL, 50, null);
    add("map/b/V", 0, PlanMode.FULL, 70, 60L);
    add("map/b/V", 0, PlanMode.FULL, 60, 5L);
    assertThat(together.doubledBytes()).isEqualTo(90 + 60 + 5);
  }

  @Test
  void dataAndIndex_aloneOrWithoutGroup_needNothing() {
    add("objects/b", 0, PlanMode.APPEND, 100, 90L);
    add("objects/b", 1, PlanMode.APPEND, 10, 9L);
    add("map/a/V", 0, PlanMode.FULL, 100, 90L);
    add(null, 0, PlanMode.FULL, 100, 90L);
    add(null, 0, PlanMode.FULL, 100, 90L);
    assertThat(together.largestBytes()).isZero();
    assertThat(together.doubledBytes()).isZero();
  }
}
