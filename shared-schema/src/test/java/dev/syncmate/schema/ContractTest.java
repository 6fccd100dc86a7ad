// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContractTest {
  @Test
  void mapper_unknownField_isIgnored() throws JsonProcessingException {
    assertThat(read("{\"count\":1,\"bytes\":2,\"of_a_newer_coordinator\":{}}"))
        .isEqualTo(new Tally(1, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"count\":1}",
        "{\"count\":1,\"bytes\":null}",
        "{\"count\":1,\"bytes\":1.5}",
        "{\"count\":1,\"bytes\":\"2\"}",
        "{\"count\":1,\"bytes\":9223372036854775808}",
        "{\"count\":1,\"count\":1,\"bytes\":2}",
        "{\"count\":true,\"bytes\":2}",
        "[1,2]"
      })
  void mapper_fieldMissingOrOfAnotherType_refuses(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(JsonProcessingException.class);
  }

  private static Tally read(String json) throws JsonProcessingException {
    return Contract.mapper().readValue(json, Tally.class);
  }
}
