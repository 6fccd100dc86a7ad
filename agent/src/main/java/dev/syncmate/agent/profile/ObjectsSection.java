// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonToken;
import dev.syncmate.agent.profile.Profile.ObjectFiles;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the objects of a profile, kind by kind. */
final class ObjectsSection {
  private final JsonCursor json;
  private final FileEntries entries;

  ObjectsSection(JsonCursor json, FileEntries entries) {
    this.json = json;
    this.entries = entries;
  }

  SortedMap<String, ObjectFiles> read() throws IOException {
    json.expect(JsonToken.START_OBJECT, "an object with the shards of each kind");
    SortedMap<String, ObjectFiles> byName = new TreeMap<>();
    while (json.nextKey()) {
      String name = json.key();
      json.onlyValue(byName.containsKey(name));
      entries.likely(other -> other.shardsOfObjects(name));
      byName.put(name, kind());
    }
    return byName;
  }

  private ObjectFiles kind() throws IOException {
    json.expect(JsonToken.START_OBJECT, "an object: one kind of objects");
    Integer bits = null;
    List<ProfileFile> shards = null;
    Set<String> seen = new HashSet<>();
    while (json.nextKey()) {
      switch (json.key()) {
        case "sharding_bits" -> {
          json.onlyValue(seen);
          bits = entries.shardingBits();
        }
        case "shards" -> {
          json.onlyValue(seen);
          shards = entries.shards();
        }
        default -> json.skipValue();
      }
    }
    if (shards == null) {
      throw json.wrong("the key shards");
    }
    return new ObjectFiles(bits, shards);
  }
}
