// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.syncmate.agent.disk.DiskFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A config.json as read: known keys of the right type, and warnings about the rest.
 *
 * <p><b>Errors.</b> {@link ConfigException}. Messages never repeat a value: it may be a secret in
 * the wrong place.
 */
record ConfigFile(Map<ConfigKey, JsonNode> values, List<String> warnings) {
  private static final long SIZE_MAX_BYTES = 1 << 20;
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static ConfigFile read(Path file) {
    JsonNode root = parse(file, bytes(file));
    if (!(root instanceof ObjectNode object)) {
      throw new ConfigException(file + ": not a JSON object (expected: {\"access_key\": …})");
    }
    List<String> warnings = new ArrayList<>();
    permissions(file, warnings);
    Map<ConfigKey, JsonNode> values = new EnumMap<>(ConfigKey.class);
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      ConfigKey key = ConfigKey.ofJson(field.getKey()).orElse(null);
      if (key == null) {
        warnings.add("%s: key '%s' is unknown and ignored".formatted(file, field.getKey()));
      } else if (!field.getValue().isNull()) {
        values.put(key, typed(file, key, field.getValue()));
        if (key == ConfigKey.LIMITS) {
          limits(file, field.getValue(), warnings);
        }
      }
    }
    return new ConfigFile(values, List.copyOf(warnings));
  }

  private static void limits(Path file, JsonNode limits, List<String> warnings) {
    limits.properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> !name.equals(LimitsConfig.TRANSFERS))
        .forEach(
            name ->
                warnings.add("%s: key 'limits.%s' is unknown and ignored".formatted(file, name)));
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > SIZE_MAX_BYTES) {
        throw new ConfigException(file + ": larger than 1 MiB: not a config.json");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          file + ": no such file (-c names the configuration, default config.json)", e);
    } catch (IOException e) {
      throw new ConfigException("%s: can't be read: %s".formatted(file, DiskFault.words(e)), e);
    }
  }

  // Jackson's own message quotes the input, so the cause is left out too.
  private static JsonNode parse(Path file, byte[] bytes) {
    try {
      return MAPPER.readTree(bytes);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
      throw new ConfigException(
          "%s: not valid JSON%s (a missing quote or comma, or a key given twice?)"
              .formatted(file, where));
    } catch (IOException e) {
      throw new ConfigException(file + ": can't be read", e);
    }
  }

  private static JsonNode typed(Path file, ConfigKey key, JsonNode value) {
    boolean fits =
        switch (key.kind()) {
          case TEXT -> value.isTextual();
          case TEXT_LIST -> value.isArray() && allMatch(value, JsonNode::isTextual);
          case TEXT_MAP -> value.isObject() && allMatch(value, JsonNode::isTextual);
          case NUMBER_MAP -> value.isObject() && allMatch(value, JsonNode::isInt);
        };
    if (!fits) {
      throw new ConfigException(
          "%s: %s: %s (expected: %s)"
              .formatted(
                  file,
                  key.json(),
                  value.getNodeType().name().toLowerCase(Locale.ROOT),
                  key.kind().words()));
    }
    return value;
  }

  private static boolean allMatch(JsonNode parent, Predicate<JsonNode> test) {
    return parent.valueStream().allMatch(test);
  }

  private static void permissions(Path file, List<String> warnings) {
    try {
      Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
      if (granted.contains(PosixFilePermission.GROUP_READ)
          || granted.contains(PosixFilePermission.OTHERS_READ)) {
        warnings.add(
            "%s: holds secrets and can be read by others; run: chmod 600 %s".formatted(file, file));
      }
    } catch (IOException | UnsupportedOperationException e) {
      // A file system without modes: nothing to warn about.
      return;
    }
  }
}
