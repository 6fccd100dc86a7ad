// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a copy of World of Code holds, as python-woc's {@code woc.detect} found it. Of each map only
 * the newest version is kept.
 *
 * @param warnings what the reader left out, and why
 */
public record Profile(
    Path file,
    SortedMap<String, MapFiles> maps,
    SortedMap<String, ObjectFiles> objects,
    List<String> warnings) {

  /** Reads a profile of schema 1 or 2. */
  public static Profile read(Path file) {
    return new ProfileReader(file).read();
  }

  /**
   * Newest version of a map.
   *
   * @param version null where no version of the map has a form that can be ordered
   * @param shardingBits null where the profile doesn't say
   */
  record MapFiles(
      String versionText,
      @Nullable MapVersion version,
      @Nullable Integer shardingBits,
      List<ProfileFile> shards,
      List<ProfileFile> larges) {}

  /** Shards of one kind of objects. */
  record ObjectFiles(@Nullable Integer shardingBits, List<ProfileFile> shards) {}
}
