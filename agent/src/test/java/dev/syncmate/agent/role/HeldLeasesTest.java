// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import static dev.syncmate.agent.role.Leases.lease;
import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.failure.Cancellation;
import dev.syncmate.agent.failure.LeaseLostException;
import dev.syncmate.schema.HeldFile;
import dev.syncmate.schema.HeldLease;
import org.junit.jupiter.api.Test;

class HeldLeasesTest {
  private final HeldLeases leases = new HeldLeases();

  @Test
  void letGo_otherEpoch_keepsTheNewerLease() {
    leases.hold(lease("1-0", 2));
    leases.letGo(lease("1-0", 1));

    assertThat(leases.holds(lease("1-0", 2))).isTrue();
  }

  @Test
  void hold_sameTaskAtAnotherEpoch_cancelsTheOlderWork() {
    Cancellation older = leases.hold(lease("1-0", 1));
    Cancellation newer = leases.hold(lease("1-0", 2));

    assertThat(older.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(newer.cause()).isNull();
    assertThat(leases.count()).isEqualTo(1);
  }

  @Test
  void letGoFile_otherEpoch_keepsTheNewerLease() {
    Cancellation older = leases.holdFile(new HeldFile("1", 1));
    leases.holdFile(new HeldFile("1", 2));
    leases.letGoFile(new HeldFile("1", 1));

    assertThat(older.cause()).isInstanceOf(LeaseLostException.class);
    assertThat(leases.files(9)).containsExactly(new HeldFile("1", 2));
  }

  @Test
  void tasksAndFiles_moreThanTheLimit_areLeftOut() {
    leases.holdFile(new HeldFile("1", 1_796_000_000_000L));
    leases.holdFile(new HeldFile("2", 1));
    leases.hold(lease("1-0", 3));
    leases.hold(lease("1-1", 1));

    assertThat(leases.count()).isEqualTo(4);
    assertThat(leases.tasks(1)).containsExactly(new HeldLease("1-0", 3));
    assertThat(leases.files(1)).containsExactly(new HeldFile("1", 1_796_000_000_000L));
  }
}
