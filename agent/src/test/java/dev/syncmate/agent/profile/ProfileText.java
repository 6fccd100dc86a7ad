// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes small profiles, with single quotes in place of double ones. */
public final class ProfileText {
  private final Map<String, String> maps = new TreeMap<>();
  private final Map<String, String> objects = new TreeMap<>();

  /** A file; digest is JSON. */
  public static String file(String path, long size, String digest) {
    return "{'path':'%s','size':%d,'digest':%s}".formatted(path, size, digest);
  }

  /** A digest made of one hex digit. */
  public static String digest(char digit) {
    return "'" + String.valueOf(digit).repeat(16) + "'";
  }

  /** Adds a version to a map. */
  public ProfileText map(String name, String version, String... shards) {
    String entry =
        "{'version':'%s','sharding_bits':0,'shards':[%s],'larges':{},'dtypes':['h']}"
            .formatted(version, String.join(",", shards));
    maps.merge(name, entry, (a, b) -> a + "," + b);
    return this;
  }

  /** Sets the shards of a kind. */
  public ProfileText objects(String name, String... shards) {
    objects.put(name, "{'sharding_bits':null,'shards':[%s]}".formatted(String.join(",", shards)));
    return this;
  }

  public String json() {
    List<String> mapEntries = new ArrayList<>();
    maps.forEach((name, versions) -> mapEntries.add("'%s':[%s]".formatted(name, versions)));
    List<String> objectEntries = new ArrayList<>();
    objects.forEach((name, entry) -> objectEntries.add("'%s':%s".formatted(name, entry)));
    return "{'wocSchemaVersion':2,'entities':{'a':[1,{}]},'maps':{%s},'objects':{%s}}"
        .formatted(String.join(",", mapEntries), String.join(",", objectEntries))
        .replace('\'', '"');
  }

  public Profile read(Path folder) {
    return read(folder, json());
  }

  public static Profile read(Path folder, String json) {
    try {
      return Profile.read(
          Files.writeString(Files.createTempFile(folder, "profile", ".json"), json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
