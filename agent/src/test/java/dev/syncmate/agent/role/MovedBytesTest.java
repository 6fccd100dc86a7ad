// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MovedBytesTest {
  private static final MovedBytes BEFORE = new MovedBytes(1_000, 7);

  private static MovedBytes later(long bytes, Duration after) {
    return new MovedBytes(bytes, BEFORE.atNanos() + after.toNanos());
  }

  @Test
  void perSecondSince_tenSeconds_countsWhatWasMovedInThem() {
    assertThat(later(51_000, Duration.ofSeconds(10)).perSecondSince(BEFORE)).isEqualTo(5_000);
  }

  @Test
  void perSecondSince_moreBytesThanAnInt_isExact() {
    long bytes = 1L << 40;

    assertThat(later(1_000 + bytes, Duration.ofMillis(500)).perSecondSince(BEFORE))
        .isEqualTo(2 * bytes);
  }

  @Test
  void perSecondSince_noTimePassed_isAFigureAllTheSame() {
    assertThat(later(1_000, Duration.ZERO).perSecondSince(BEFORE)).isZero();
    assertThat(later(1_001, Duration.ZERO).perSecondSince(BEFORE)).isPositive();
  }

  @Test
  void perSecondSince_countFellBack_isZero() {
    assertThat(later(0, Duration.ofSeconds(1)).perSecondSince(BEFORE)).isZero();
  }
}
