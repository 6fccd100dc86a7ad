// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.offsetfs.ErrnoException;
import org.junit.jupiter.api.Test;

class FuseOpsTest {
  @Test
  void guarded_anythingThrown_becomesAnErrno() {
    assertThat(FuseOps.guarded("read", () -> 7)).isEqualTo(7);
    assertThat(
            FuseOps.guarded(
                "read",
                () -> {
                  throw ErrnoException.badHandle();
                }))
        .isEqualTo(-9);
    assertThat(
            FuseOps.guarded(
                "read",
                () -> {
                  throw new StackOverflowError("planned by the test");
                }))
        .isEqualTo(-5);
  }
}
