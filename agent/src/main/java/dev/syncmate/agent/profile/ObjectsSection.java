// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import com.fasterxml.jackson.core.JsonToken;
import dev.syncmate.agent.profile.Profile.ObjectFiles;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
    Kind kind = new Kind();
    json.object(
        "an object: one kind of objects",
        key ->
            switch (key) {
              case "sharding_bits" -> () -> kind.bits = entries.shardingBits();
              case "shards" -> () -> kind.shards = entries.shards();
              default -> null;
            });
    if (kind.shards == null) {
      throw json.wrong("the key shards");
    }
    return new ObjectFiles(kind.bits, kind.shards);
  }

  /** What was read of a kind so far. */
  private static final class Kind {
    private @Nullable Integer bits;
    private @Nullable List<ProfileFile> shards;
  }
}
