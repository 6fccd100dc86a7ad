// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceStampTest {
  private static final SourceStamp STAMP = SourceStamp.of("100:5:6:7");

  @ParameterizedTest
  @ValueSource(strings = {"100:5:6:7", "~100:5:6:7", "0:-1:-1:0", "1:2:3:18446744073709551615"})
  void text_ofStamp_isWhatItIsMadeOf(String text) {
    assertThat(SourceStamp.of(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1:2:3", "~~1:2:3:4", "-1:2:3:4", "1:2:3:4 "})
  void of_noStamp_isRefused(String text) {
    assertThatThrownBy(() -> SourceStamp.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "100:5:6:7, true",
    "100:5:9:7, true",
    "101:8:9:7, true",
    "100:8:9:7, false",
    "99:5:6:7, false",
    "100:5:6:8, false",
    "101:8:9:8, false",
  })
  void continues_later_onlyWhereItCanBeThatFileUntouchedOrGrown(String later, boolean expected) {
    assertThat(SourceStamp.of(later).continues(STAMP)).isEqualTo(expected);
  }

  @Test
  void equalsState_settledOrNot_isTheSame() {
    assertThat(STAMP.unsettled()).isNotEqualTo(STAMP);
    assertThat(STAMP.unsettled().equalsState(STAMP)).isTrue();
    assertThat(SourceStamp.of("100:5:9:7").equalsState(STAMP)).isFalse();
  }
}
