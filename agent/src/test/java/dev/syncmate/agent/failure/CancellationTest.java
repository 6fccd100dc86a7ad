// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final List<String> ran = new ArrayList<>();

  @Test
  void cancel_anActionThrows_runsTheOthersFirst() {
    IllegalStateException bug = new IllegalStateException("a fault of ours");
    cancellation.onCancel(
        () -> {
          throw bug;
        });
    cancellation.onCancel(() -> ran.add("second"));
    TransferException drained = new TransferException(Reason.DRAINED, "leaving");

    assertThatThrownBy(() -> cancellation.cancel(drained)).isSameAs(bug);
    assertThat(ran).containsExactly("second");
    assertThat(cancellation.cause()).isSameAs(drained);
  }

  @Test
  void onCancel_cancelledAlready_runsAtOnce() {
    cancellation.cancel(new TransferException(Reason.DRAINED, "leaving"));
    cancellation.cancel(new TransferException(Reason.LEASE_LOST, "too late"));
    cancellation.onCancel(() -> ran.add("late"));

    assertThat(ran).containsExactly("late");
    assertThat(TransferException.isFor(Reason.DRAINED, cancellation.cause())).isTrue();
  }
}
