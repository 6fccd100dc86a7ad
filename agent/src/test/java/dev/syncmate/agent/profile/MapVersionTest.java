// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapVersionTest {
  @Test
  void compareTo_lettersThenNumber_isTheOrder() {
    List<String> ordered =
        List.of("A", "R", "U", "V", "V9", "V2409", "V2412", "V10000", "Z", "AA", "AA1", "AB");
    List<String> shuffled = new ArrayList<>(ordered);
    Collections.shuffle(shuffled, new Random(7));

    shuffled.sort((a, b) -> version(a).compareTo(version(b)));

    assertThat(shuffled).isEqualTo(ordered);
  }

  @Test
  void compareTo_leadingZeros_areTheSame() {
    assertThat(version("V02412")).isEqualByComparingTo(version("V2412"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2412", "V_1", "V2412b", "V 1", "V-1", "V1.5", "Ü1"})
  void parse_otherForms_areEmpty(String text) {
    assertThat(MapVersion.parse(text)).isEmpty();
  }

  private static MapVersion version(String text) {
    return MapVersion.parse(text).orElseThrow();
  }
}
