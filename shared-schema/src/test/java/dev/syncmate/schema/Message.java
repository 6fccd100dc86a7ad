// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A message of the contract: its schema, its record and its examples. */
record Message(String name, JsonNode node, Class<?> type) {
  static final String SUFFIX = ".schema.json";

  private static final Path SCHEMAS = Path.of("schemas");
  private static final Path EXAMPLES = Path.of("examples");
  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

  static List<Message> all() throws IOException {
    try (Stream<Path> files = Files.list(SCHEMAS)) {
      return files.sorted().map(Message::read).toList();
    }
  }

  private static Message read(Path file) {
    try {
      JsonNode node = Contract.mapper().readTree(Files.readAllBytes(file));
      String name = file.getFileName().toString().replace(SUFFIX, "");
      Class<?> type =
          Class.forName(Message.class.getPackageName() + "." + node.path("title").asText());
      return new Message(name, node, type);
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(file + ": no record named by its title", e);
    }
  }

  JsonSchema schema() {
    return FACTORY.getSchema(
        SchemaLocation.of(SCHEMAS.resolve(name + SUFFIX).toAbsolutePath().toUri().toString()));
  }

  /** Examples of this kind: {@code valid} or {@code invalid}. */
  List<Path> examples(String kind) throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES.resolve(name).resolve(kind))) {
      return files.sorted().toList();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
