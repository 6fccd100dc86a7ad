// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.tasklist;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.input.Allowed;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.TaskLine;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One line of a task list on its way to a task. */
record TaskLineParser(Path file, int number, String text) {
  private static final ObjectReader READER =
      Contract.mapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  TaskLine parse() {
    JsonNode node = tree();
    String virtualPath = required(node, "virtual_path").textValue();
    String problem = virtualPath == null ? "a string" : FlatName.problem(virtualPath);
    if (virtualPath == null || problem != null) {
      throw wrong(node, "virtual_path", String.valueOf(problem));
    }
    long offset = bytes(node, "offset");
    long size = bytes(node, "size");
    if (offset > Allowed.BYTES_MAX - size) {
      throw wrong(node, "size", "offset + size at most " + Allowed.BYTES_MAX);
    }
    return new TaskLine(
        virtualPath,
        sourcePath(node),
        offset,
        size,
        targetPath(node),
        digest(node, "source_digest"),
        digest(node, "target_digest"));
  }

  private JsonNode tree() {
    try {
      JsonNode node = READER.readTree(text);
      if (node == null || !node.isObject()) {
        throw new InputException(
            "%s line %d: found %s (expected: a JSON object)"
                .formatted(file, number, Shown.text(text)));
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s line %d: not JSON: %s (expected: one object a line)"
              .formatted(file, number, Shown.problem(e)),
          e);
    }
  }

  private JsonNode required(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null) {
      throw new InputException(
          "%s line %d: no %s (expected: virtual_path, source_path, offset, size)"
              .formatted(file, number, field));
    }
    return value;
  }

  private String sourcePath(JsonNode node) {
    String path = required(node, "source_path").textValue();
    if (path == null || !Allowed.isAbsolutePath(path)) {
      throw wrong(node, "source_path", "an absolute path");
    }
    return path;
  }

  private @Nullable String targetPath(JsonNode node) {
    JsonNode value = node.get("target_path");
    if (value == null || value.isNull()) {
      return null;
    }
    String path = value.textValue();
    if (path == null || !(path.isEmpty() || Allowed.isAbsolutePath(path))) {
      throw wrong(node, "target_path", "an absolute path or null");
    }
    return path.isEmpty() ? null : path;
  }

  private long bytes(JsonNode node, String field) {
    JsonNode value = required(node, field);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(node, field, "a whole number from 0 to " + Allowed.BYTES_MAX);
    }
    long bytes = value.longValue();
    if (bytes < 0 || bytes > Allowed.BYTES_MAX) {
      throw wrong(node, field, "a whole number from 0 to " + Allowed.BYTES_MAX);
    }
    return bytes;
  }

  private @Nullable String digest(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    String digest = value.textValue();
    if (digest == null || !(digest.isEmpty() || SampleDigest.isDigest(digest))) {
      throw wrong(node, field, "16 hex digits or null");
    }
    return digest.isEmpty() ? null : digest;
  }

  private InputException wrong(JsonNode node, String field, String expected) {
    JsonNode value = node.get(field);
    return new InputException(
        "%s line %d: %s: found %s (expected: %s)"
            .formatted(
                file,
                number,
                field,
                value != null && value.isTextual()
                    ? Shown.text(value.textValue())
                    : Shown.text(String.valueOf(value)),
                expected));
  }
}
