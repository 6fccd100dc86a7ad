// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.plan.Profile;
import dev.syncmate.agent.profile.WocTree.MapVersionFiles;
import dev.syncmate.agent.profile.WocTree.ObjectFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A profile of what lies in some folders now, ready to be written as JSON.
 *
 * <p>What python-woc's {@code woc.detect} writes for the same folders means the same. Differences:
 * digests of small files are plain too, the order is fixed, and keys about World of Code as such
 * (entities, sites, …) are those of a given preset only.
 *
 * <p><b>Errors.</b> A file or folder that can't be read is a problem, one line each; the others are
 * in the profile.
 */
public final class DetectedProfile {
  private static final int SCHEMA_VERSION = 2;
  private static final Set<String> OWN_KEYS = Set.of("wocSchemaVersion", "maps", "objects");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final Findings findings;
  private final List<FoundFile> files;
  private final Body body;

  private DetectedProfile(Findings findings, List<FoundFile> files, Body body) {
    this.findings = findings;
    this.files = files;
    this.body = body;
  }

  private interface Body {
    void write(JsonGenerator json, JsonNode preset) throws IOException;
  }

  /** Looks into the folders; blocks while digests are computed. */
  public static DetectedProfile of(ProfileRequest request, ParallelReads.Progress progress)
      throws InterruptedException {
    DetectedProfile profile =
        request.format() == ProfileRequest.Format.WOC ? woc(request) : generic(request);
    if (request.withDigests()) {
      profile.addDigests(progress);
    }
    return profile;
  }

  private static DetectedProfile woc(ProfileRequest request) {
    Findings findings = new Findings();
    WocTree tree = new WocTree(request.onlyVersion(), findings);
    request.roots().forEach(root -> new TreeWalk(findings, tree).walk(root));
    if (request.skipsIncomplete()) {
      tree.dropIncomplete();
    }
    return new DetectedProfile(
        findings, tree.files(), (json, preset) -> writeWoc(json, tree, preset));
  }

  private static DetectedProfile generic(ProfileRequest request) {
    if (request.roots().size() != 1) {
      throw new IllegalArgumentException(
          "roots: %d (expected: one, that the paths are relative to)"
              .formatted(request.roots().size()));
    }
    Path root = request.roots().get(0);
    Findings findings = new Findings();
    GenericTree tree = new GenericTree(findings);
    new TreeWalk(findings, tree).walk(root);
    return new DetectedProfile(
        findings, tree.files(), (json, preset) -> writeGeneric(json, root, tree.files()));
  }

  /** Files in the profile. */
  public int fileCount() {
    return files.size();
  }

  /** Their bytes. */
  public long bytes() {
    return files.stream().mapToLong(FoundFile::sizeBytes).sum();
  }

  /** One line each; the profile is right all the same. */
  public List<String> warnings() {
    return findings.warnings();
  }

  /** What could not be read, one line each. */
  public List<String> problems() {
    return findings.problems();
  }

  /**
   * Writes it.
   *
   * @param preset an object whose further keys are passed on
   */
  public void write(Writer out, JsonNode preset) throws IOException {
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

  private void addDigests(ParallelReads.Progress progress) throws InterruptedException {
    ParallelReads.run(
        files.size(), ParallelReads.READERS_DEFAULT, i -> addDigest(files.get(i)), progress);
  }

  private void addDigest(FoundFile file) {
    Path path = Path.of(file.path());
    try {
      // Of the bytes that it had when it was found: it may be growing.
      file.digest(SampleDigest.ofPrefix(path, file.sizeBytes()));
    } catch (EOFException e) {
      findings.problem(file.path() + ": shrank while it was read: no digest");
    } catch (IOException e) {
      findings.problem(TreeWalk.problem(path, e) + ": no digest");
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
      for (MapVersionFiles version : map.getValue().values()) {
        writeMap(json, version);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeObjectFieldStart("objects");
    for (Map.Entry<String, ObjectFiles> kind : tree.objects().entrySet()) {
      json.writeObjectFieldStart(kind.getKey());
      json.writeNumberField("sharding_bits", kind.getValue().shardingBits());
      writeShards(json, kind.getValue().shards().values());
      String alias = kind.getValue().alias();
      if (alias != null) {
        json.writeStringField("alias", alias);
      }
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void writeMap(JsonGenerator json, MapVersionFiles map) throws IOException {
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

  private static void writeShards(JsonGenerator json, Collection<FoundFile> shards)
      throws IOException {
    json.writeArrayFieldStart("shards");
    for (FoundFile shard : shards) {
      writeFile(json, shard, shard.path());
    }
    json.writeEndArray();
  }

  private static void writeGeneric(JsonGenerator json, Path root, List<FoundFile> files)
      throws IOException {
    json.writeStringField(Profile.FORMAT_KEY, Profile.FORMAT_GENERIC);
    json.writeStringField(Profile.ROOT_KEY, root.toString());
    json.writeArrayFieldStart(Profile.FILES_KEY);
    for (FoundFile file : files) {
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
