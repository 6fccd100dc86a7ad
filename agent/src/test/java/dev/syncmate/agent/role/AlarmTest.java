// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AlarmTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualScheduler scheduler = new ManualScheduler();
  private int rings;
  private final Alarm alarm = new Alarm(scheduler, () -> rings++);

  @Test
  void set_twice_ringsOnceAtTheLaterSetting() {
    alarm.set(SECOND);
    alarm.set(SECOND.multipliedBy(2));
    scheduler.advance(SECOND);
    assertThat(rings).isZero();
    scheduler.advance(SECOND.multipliedBy(5));

    assertThat(rings).isEqualTo(1);
  }

  @Test
  void cancel_thenSet_rings() {
    alarm.set(SECOND);
    alarm.cancel();
    scheduler.advance(SECOND);
    assertThat(rings).isZero();
    alarm.set(SECOND);
    scheduler.advance(SECOND);

    assertThat(rings).isEqualTo(1);
  }

  @Test
  void stop_thenSet_neverRings() {
    alarm.set(SECOND);
    alarm.stop();
    alarm.set(SECOND);
    scheduler.advance(SECOND.multipliedBy(5));

    assertThat(rings).isZero();
    assertThat(alarm.stopped()).isTrue();
  }
}
