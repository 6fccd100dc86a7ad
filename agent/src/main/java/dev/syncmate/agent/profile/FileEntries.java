// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonToken;
import dev.syncmate.agent.input.Allowed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the files that one profile lists, wherever it does: at most {@link #FILES_MAX}.
 *
 * <p>A million of them may come: their folders and the names that the other copy has are kept once.
 */
final class FileEntries {
  private static final int FILES_MAX = 1_000_000;
  private static final int SHARDING_BITS_MAX = 20;
  private static final String SIZE = "a whole number from 0 to " + Allowed.BYTES_MAX;
  private static final String SHARDING_BITS = "a whole number from 0 to " + SHARDING_BITS_MAX;

  private final JsonCursor json;
  private final @Nullable Profile other;
  private final Map<String, String> folders = new HashMap<>();
  private KnownNames known = new KnownNames(List.of());
  private boolean relative;
  private @Nullable String root;
  private int files;

  /**
   * Makes the reader of files.
   *
   * @param other the other copy, whose file names are likely the same; null: none
   */
  FileEntries(JsonCursor json, @Nullable Profile other) {
    this.json = json;
    this.other = other;
  }

  /** From here on the names are likely those of this list of the other copy. */
  void likely(Function<Profile, List<ProfileFile>> list) {
    known = new KnownNames(other == null ? List.of() : list.apply(other));
  }

  /** From here on the paths are relative; without a root yet, none can be read. */
  void relative() {
    relative = true;
  }

  /** The folder that relative paths are below. */
  void below(String folder) {
    root = folder;
  }

  /** How many bits of a key choose its shard; null where the profile doesn't say. */
  @Nullable Integer shardingBits() throws IOException {
    Long bits = json.numberOrNull(SHARDING_BITS);
    if (bits != null && bits > SHARDING_BITS_MAX) {
      throw json.wrong(SHARDING_BITS);
    }
    return bits == null ? null : bits.intValue();
  }

  List<ProfileFile> shards() throws IOException {
    json.expect(JsonToken.START_ARRAY, "a list of shards");
    List<ProfileFile> shards = new ArrayList<>();
    while (json.nextElement()) {
      // Profiles written with --no-skip-missing keep the place of a missing shard.
      if (!json.is(JsonToken.VALUE_NULL)) {
        shards.add(file());
      }
    }
    return List.copyOf(shards);
  }

  List<ProfileFile> larges() throws IOException {
    if (json.is(JsonToken.VALUE_NULL)) {
      return List.of();
    }
    json.expect(JsonToken.START_OBJECT, "an object with a file for each hash");
    List<ProfileFile> larges = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    while (json.nextKey()) {
      json.onlyValue(seen);
      larges.add(file());
    }
    return List.copyOf(larges);
  }

  private ProfileFile file() throws IOException {
    if (++files > FILES_MAX) {
      throw json.wrong("at most %d files in a profile".formatted(FILES_MAX));
    }
    if (json.is(JsonToken.VALUE_STRING)) {
      return file(path(), null, null);
    }
    json.expect(JsonToken.START_OBJECT, "a path, or an object with path, size and digest");
    return object();
  }

  /** Apart from {@link JsonCursor#object}: a million files would need a set each. */
  private ProfileFile object() throws IOException {
    String path = null;
    Long size = null;
    ListedDigest digest = null;
    boolean sizeSeen = false;
    boolean digestSeen = false;
    while (json.nextKey()) {
      switch (json.key()) {
        case "path" -> {
          json.onlyValue(path != null);
          path = path();
        }
        case "size" -> {
          json.onlyValue(sizeSeen);
          sizeSeen = true;
          size = json.numberOrNull(SIZE);
        }
        case "digest" -> {
          json.onlyValue(digestSeen);
          digestSeen = true;
          digest = ListedDigest.read(json);
        }
        default -> json.skipValue();
      }
    }
    if (path == null) {
      throw json.wrong("the key path");
    }
    if (digest != null && !digest.fits(size)) {
      throw json.wrong("a digest of %s bytes, as its size says".formatted(size));
    }
    return file(path, size, digest == null ? null : digest.hex());
  }

  private ProfileFile file(String path, @Nullable Long size, @Nullable String digest) {
    int slash = path.lastIndexOf('/');
    String folder = path.substring(0, slash);
    return new ProfileFile(
        folders.computeIfAbsent(folder, first -> first),
        known.find(path.substring(slash + 1)),
        size,
        digest);
  }

  private String path() throws IOException {
    String path = json.text("an absolute path");
    String normal = normal(path);
    if (normal == null) {
      throw json.wrong(
          "%s path of a file, at most %d characters, without .. and NUL"
              .formatted(relative ? "a relative" : "an absolute", Allowed.PATH_CHARS_MAX));
    }
    return normal;
  }

  private @Nullable String normal(String path) {
    if (path.startsWith("/") == relative) {
      return null;
    }
    if (!relative) {
      return ProfilePath.normal(path);
    }
    return root == null ? null : ProfilePath.normal(root + "/" + path);
  }
}
