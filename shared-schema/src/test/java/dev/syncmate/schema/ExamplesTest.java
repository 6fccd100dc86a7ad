// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Examples against schemas and records; coordinator-worker/test/contract.test.ts is its other half.
 */
final class ExamplesTest {
  private static final ObjectMapper MAPPER = Contract.mapper();

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("valid")
  void example_valid_isAccepted(Message message, Path file) throws IOException {
    assertThat(message.schema().validate(MAPPER.readTree(Files.readAllBytes(file)))).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("valid")
  void example_valid_roundTripsThroughRecord(Message message, Path file) throws IOException {
    JsonNode written = MAPPER.readTree(Files.readAllBytes(file));
    Object record = MAPPER.treeToValue(written, message.type());
    JsonNode again = MAPPER.readTree(MAPPER.writeValueAsString(record));
    assertThat(withoutNulls(again)).isEqualTo(withoutNulls(written));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("invalid")
  void example_invalid_isRefused(Message message, Path file) throws IOException {
    assertThat(message.schema().validate(MAPPER.readTree(Files.readAllBytes(file)))).isNotEmpty();
  }

  static Stream<Arguments> valid() throws IOException {
    return examples("valid");
  }

  static Stream<Arguments> invalid() throws IOException {
    return examples("invalid");
  }

  private static Stream<Arguments> examples(String kind) throws IOException {
    Stream.Builder<Arguments> examples = Stream.builder();
    for (Message message : Message.all()) {
      List<Path> files = message.examples(kind);
      assertThat(files).as("%s examples of %s", kind, message).isNotEmpty();
      for (Path file : files) {
        examples.add(Arguments.of(message, file));
      }
    }
    return examples.build();
  }

  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      List<String> absent =
          object.properties().stream()
              .filter(field -> field.getValue().isNull())
              .map(field -> field.getKey())
              .toList();
      object.remove(absent);
    }
    node.forEach(ExamplesTest::withoutNulls);
    return node;
  }
}
