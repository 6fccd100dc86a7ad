// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonToken;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.profile.Profile.MapFiles;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the maps of a profile: of each only its newest version is kept. */
final class MapsSection {
  private static final int VERSIONS_MAX = 1_000;

  private final JsonCursor json;
  private final FileEntries entries;
  private final List<String> warnings;

  /**
   * Makes the reader of maps.
   *
   * @param warnings gets what is left out, and why
   */
  MapsSection(JsonCursor json, FileEntries entries, List<String> warnings) {
    this.json = json;
    this.entries = entries;
    this.warnings = warnings;
  }

  SortedMap<String, MapFiles> read() throws IOException {
    json.expect(JsonToken.START_OBJECT, "an object with a list of versions for each map");
    SortedMap<String, MapFiles> byName = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    while (json.nextKey()) {
      String name = json.key();
      json.onlyValue(seen);
      entries.likely(other -> other.shardsOfMap(name));
      MapFiles newest = newestVersion(name);
      if (newest != null) {
        byName.put(name, newest);
      }
    }
    return byName;
  }

  private @Nullable MapFiles newestVersion(String name) throws IOException {
    json.expect(JsonToken.START_ARRAY, "a list of versions");
    MapFiles newest = null;
    Set<String> versions = new HashSet<>();
    while (json.nextElement()) {
      MapFiles next = version();
      if (!versions.add(next.versionText()) || versions.size() > VERSIONS_MAX) {
        throw json.wrong("each version of map %s once".formatted(Shown.text(name)));
      }
      newest = newest == null ? next : newer(newest, next, name);
    }
    return newest;
  }

  private MapFiles newer(MapFiles a, MapFiles b, String name) {
    boolean first = compareAge(a, b) >= 0;
    MapFiles older = first ? b : a;
    if (older.version() == null) {
      warnings.add(
          "%s: map %s: version %s left out (expected: letters, then a number)"
              .formatted(json.file(), Shown.text(name), Shown.text(older.versionText())));
    }
    return first ? a : b;
  }

  /** A version of unknown form is older than any other: it must not hide a real one. */
  private static int compareAge(MapFiles a, MapFiles b) {
    MapVersion versionA = a.version();
    MapVersion versionB = b.version();
    int order =
        versionA == null || versionB == null
            ? Boolean.compare(versionA != null, versionB != null)
            : versionA.compareTo(versionB);
    return order == 0 ? a.versionText().compareTo(b.versionText()) : order;
  }

  private MapFiles version() throws IOException {
    Version version = new Version();
    json.object(
        "an object: one version of a map",
        key ->
            switch (key) {
              case "version" -> () -> version.text = json.text("a version");
              case "sharding_bits" -> () -> version.bits = entries.shardingBits();
              case "shards" -> () -> version.shards = entries.shards();
              case "larges" -> () -> version.larges = entries.larges();
              default -> null;
            });
    String text = version.text;
    if (text == null || version.shards == null) {
      throw json.wrong("the keys version and shards");
    }
    MapVersion parsed = MapVersion.parse(text).orElse(null);
    return new MapFiles(text, parsed, version.bits, version.shards, version.larges);
  }

  /** What was read of a version so far. */
  private static final class Version {
    private @Nullable String text;
    private @Nullable Integer bits;
    private @Nullable List<ProfileFile> shards;
    private List<ProfileFile> larges = List.of();
  }
}
