// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.detect.WocTree.FoundMap;
import dev.syncmate.agent.profile.detect.WocTree.FoundObjects;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A profile as JSON, streamed: a million files may be in it. */
final class ProfileJson {
  private static final int SCHEMA_VERSION = 2;
  private static final Set<String> OWN_KEYS = Set.of("wocSchemaVersion", "maps", "objects");
  // ASCII alone survives any locale of a terminal or a pipe.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final Body body;

  private ProfileJson(Body body) {
    this.body = body;
  }

  @FunctionalInterface
  private interface Body {
    void write(JsonGenerator json, JsonNode preset) throws IOException;
  }

  /** Of World of Code. */
  static ProfileJson of(WocTree tree) {
    return new ProfileJson((json, preset) -> writeWoc(json, tree, preset));
  }

  /** Of any files below the root. */
  static ProfileJson of(Path root, GenericTree tree) {
    return new ProfileJson((json, preset) -> writeGeneric(json, root, tree));
  }

  /** The preset's further keys are passed on. */
  void write(Writer out, JsonNode preset) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(
          new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n")));
      json.writeStartObject();
      body.write(json, preset);
      json.writeEndObject();
      json.writeRaw('\n');
    }
  }

  private static void writeWoc(JsonGenerator json, WocTree tree, JsonNode preset)
      throws IOException {
    json.writeNumberField("wocSchemaVersion", SCHEMA_VERSION);
    for (Map.Entry<String, JsonNode> key : preset.properties()) {
      if (!OWN_KEYS.contains(key.getKey())) {
        json.writeFieldName(key.getKey());
        JSON.writeValue(json, key.getValue());
      }
    }
    json.writeObjectFieldStart("maps");
    for (var map : tree.maps().entrySet()) {
      json.writeArrayFieldStart(map.getKey());
      for (FoundMap version : map.getValue().values()) {
        writeMap(json, version);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeObjectFieldStart("objects");
    for (Map.Entry<String, FoundObjects> kind : tree.objects().entrySet()) {
      json.writeFieldName(kind.getKey());
      writeObjects(json, kind.getValue());
    }
    json.writeEndObject();
  }

  private static void writeMap(JsonGenerator json, FoundMap map) throws IOException {
    json.writeStartObject();
    json.writeStringField("version", map.version());
    json.writeNumberField("sharding_bits", map.shardingBits());
    writeShards(json, map.shards().values());
    json.writeObjectFieldStart("larges");
    for (Map.Entry<String, FoundFile> large : map.larges().entrySet()) {
      json.writeFieldName(large.getKey());
      writeFile(json, large.getValue(), large.getValue().path());
    }
    json.writeEndObject();
    json.writeArrayFieldStart("dtypes");
    for (String type : DataTypes.of(map.from(), map.to())) {
      json.writeString(type);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeObjects(JsonGenerator json, FoundObjects kind) throws IOException {
    json.writeStartObject();
    json.writeNumberField("sharding_bits", kind.shardingBits());
    writeShards(json, kind.shards().values());
    String alias = kind.alias();
    if (alias != null) {
      json.writeStringField("alias", alias);
    }
    json.writeEndObject();
  }

  private static void writeShards(JsonGenerator json, Collection<FoundFile> shards)
      throws IOException {
    json.writeArrayFieldStart("shards");
    for (FoundFile shard : shards) {
      writeFile(json, shard, shard.path());
    }
    json.writeEndArray();
  }

  private static void writeGeneric(JsonGenerator json, Path root, GenericTree tree)
      throws IOException {
    json.writeStringField(Profile.FORMAT_KEY, Profile.FORMAT_GENERIC);
    json.writeStringField(Profile.ROOT_KEY, root.toString());
    json.writeArrayFieldStart(Profile.FILES_KEY);
    for (FoundFile file : tree.files()) {
      String relative = Objects.requireNonNull(root.relativize(Path.of(file.path()))).toString();
      writeFile(json, file, relative);
    }
    json.writeEndArray();
  }

  private static void writeFile(JsonGenerator json, FoundFile file, String path)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("path", path);
    json.writeNumberField("size", file.sizeBytes());
    json.writeStringField("digest", file.digest());
    json.writeEndObject();
  }
}
