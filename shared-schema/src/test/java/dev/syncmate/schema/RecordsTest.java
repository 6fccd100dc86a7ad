// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records against schemas: the same fields, the same types, null where the schema allows it. */
final class RecordsTest {
  /** Objects inside other schemas. */
  private static final Set<String> INSIDE_OTHERS = Set.of("TaskTallies", "FileTallies");

  @ParameterizedTest
  @MethodSource("messages")
  void record_components_areSchemaProperties(Message message) {
    assertSame(message.type(), message.node());
  }

  @Test
  void record_withoutSchema_isNone() throws IOException {
    List<String> described =
        Message.all().stream().map(message -> message.type().getSimpleName()).toList();
    assertThat(recordNames()).isNotEmpty().allMatch(described::contains);
  }

  static Stream<Message> messages() throws IOException {
    return Message.all().stream();
  }

  private static void assertSame(Class<?> type, JsonNode schema) {
    assertThat(type.isRecord()).as("%s is a record", type).isTrue();
    List<String> properties = new ArrayList<>();
    schema.path("properties").fieldNames().forEachRemaining(properties::add);
    assertThat(Arrays.stream(type.getRecordComponents()).map(RecordsTest::property))
        .containsExactlyInAnyOrderElementsOf(properties);
    for (RecordComponent component : type.getRecordComponents()) {
      String name = property(component);
      JsonNode property = schema.path("properties").path(name);
      boolean required =
          Contract.mapper().convertValue(schema.path("required"), List.class).contains(name);
      assertThat(component.getAnnotatedType().isAnnotationPresent(Nullable.class))
          .as("%s.%s is nullable", type.getSimpleName(), component.getName())
          .isEqualTo(!required || allowsNull(property));
      assertSameType(component, property, required);
    }
  }

  private static void assertSameType(
      RecordComponent component, JsonNode property, boolean required) {
    Class<?> type = component.getType();
    switch (kind(property)) {
      case "integer" -> assertThat(type).isEqualTo(number(property, required));
      case "boolean" -> assertThat(type).isEqualTo(Boolean.class);
      case "array" -> assertThat(type).isEqualTo(List.class);
      case "object" -> assertSame(type, property);
      case "string" -> assertString(type, property);
      default -> assertThat(type.getSimpleName()).isEqualTo(referenced(property));
    }
  }

  private static void assertString(Class<?> type, JsonNode property) {
    if (!property.has("enum") || !type.isEnum()) {
      assertThat(type).isEqualTo(String.class);
      return;
    }
    List<String> values = new ArrayList<>();
    property.path("enum").forEach(value -> values.add(value.asText()));
    assertThat(type.getEnumConstants())
        .extracting(constant -> Contract.mapper().convertValue(constant, String.class))
        .containsExactlyInAnyOrderElementsOf(values);
  }

  private static Class<?> number(JsonNode property, boolean required) {
    boolean isLong = property.path("maximum").asLong() > Integer.MAX_VALUE;
    if (required && !allowsNull(property)) {
      return isLong ? long.class : int.class;
    }
    return isLong ? Long.class : Integer.class;
  }

  private static String kind(JsonNode property) {
    JsonNode type = property.path("type");
    return type.isArray() ? type.path(0).asText() : type.asText();
  }

  private static boolean allowsNull(JsonNode property) {
    return property.path("type").isArray();
  }

  private static String referenced(JsonNode property) {
    String[] words = property.path("$ref").asText().replace(Message.SUFFIX, "").split("-");
    StringBuilder name = new StringBuilder();
    for (String word : words) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }

  private static String property(RecordComponent component) {
    return new PropertyNamingStrategies.SnakeCaseStrategy().translate(component.getName());
  }

  private static List<String> recordNames() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/syncmate/schema"))) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.equals("package-info") && !INSIDE_OTHERS.contains(name))
          .filter(RecordsTest::isRecord)
          .toList();
    }
  }

  private static boolean isRecord(String name) {
    try {
      return Class.forName(RecordsTest.class.getPackageName() + "." + name).isRecord();
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
