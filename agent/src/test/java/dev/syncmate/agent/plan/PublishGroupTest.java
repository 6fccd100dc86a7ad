// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishGroupTest {
  @Test
  void id_short_staysReadable() {
    assertThat(new PublishGroup("map/c2p/V", 0).id()).isEqualTo("map/c2p/V");
  }

  @ParameterizedTest
  @ValueSource(ints = {513, 4096})
  void id_tooLongForTheContract_isItsDigest(int length) {
    String id = "m".repeat(length);
    PublishGroup group = new PublishGroup(id, 0);
    assertThat(group.id()).matches("sha256/[0-9a-f]{64}");
    assertThat(new PublishGroup(id + "n", 0)).isNotEqualTo(group);
    assertThat(new PublishGroup(id, 0)).isEqualTo(group);
  }

  @Test
  void id_withNul_isItsDigest() {
    assertThat(new PublishGroup("map/\0/V", 0).id()).startsWith("sha256/");
  }
}
