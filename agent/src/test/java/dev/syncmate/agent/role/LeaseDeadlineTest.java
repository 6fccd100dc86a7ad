// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseDeadlineTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  @Test
  void left_justRenewed_isTheLeaseLessATenth() {
    assertThat(LeaseDeadline.renewed(5, LEASE).left(5)).isEqualTo(Duration.ofSeconds(27));
  }

  @Test
  void left_answerCameLate_countsFromBeforeTheCallLeft() {
    long sent = Duration.ofSeconds(10).toNanos();
    long answered = Duration.ofSeconds(26).toNanos();

    assertThat(LeaseDeadline.renewed(sent, LEASE).left(answered)).isEqualTo(Duration.ofSeconds(11));
  }

  @Test
  void left_afterIt_isZero() {
    assertThat(LeaseDeadline.renewed(0, LEASE).left(LEASE.toNanos())).isZero();
  }

  @Test
  void left_clockPassesItsLargestNumber_goesOn() {
    long sent = Long.MAX_VALUE - 1;

    assertThat(LeaseDeadline.renewed(sent, LEASE).left(sent + 2))
        .isEqualTo(Duration.ofSeconds(27).minusNanos(2));
  }
}
