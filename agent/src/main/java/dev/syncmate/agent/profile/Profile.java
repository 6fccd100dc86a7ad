// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a copy holds: of World of Code, as python-woc's {@code woc.detect} found it (of each map
 * only the newest version is kept), or any files below a root.
 *
 * @param generic null for a profile of World of Code
 * @param warnings what the reader left out, and why
 */
public record Profile(
    Path file,
    SortedMap<String, MapFiles> maps,
    SortedMap<String, ObjectFiles> objects,
    @Nullable GenericFiles generic,
    List<String> warnings) {
  /** Key that says that a profile is not one of World of Code, with its only value. */
  public static final String FORMAT_KEY = "syncmateProfile";

  public static final String FORMAT_GENERIC = "generic";

  /** Key of a generic profile's folder. */
  public static final String ROOT_KEY = "root";

  /** Key of a generic profile's files, by their paths below the root. */
  public static final String FILES_KEY = "files";

  /** Reads a profile of schema 1 or 2, or a generic one. */
  public static Profile read(Path file) {
    return new ProfileReader(file, null).read();
  }

  List<ProfileFile> shardsOfMap(String name) {
    MapFiles map = maps.get(name);
    return map == null ? List.of() : map.shards();
  }

  List<ProfileFile> shardsOfObjects(String name) {
    ObjectFiles files = objects.get(name);
    return files == null ? List.of() : files.shards();
  }

  List<ProfileFile> genericFiles() {
    return generic == null ? List.of() : generic.files();
  }

  /** The folder that a generic profile is of. */
  public Optional<String> root() {
    return Optional.ofNullable(generic).map(GenericFiles::root);
  }

  /**
   * Newest version of a map.
   *
   * @param version null where no version of the map has a form that can be ordered
   * @param shardingBits null where the profile doesn't say
   */
  public record MapFiles(
      String versionText,
      @Nullable MapVersion version,
      @Nullable Integer shardingBits,
      List<ProfileFile> shards,
      List<ProfileFile> larges) {}

  /** Shards of one kind of objects. */
  public record ObjectFiles(@Nullable Integer shardingBits, List<ProfileFile> shards) {}

  /** Files below a root, each path once. */
  public record GenericFiles(String root, List<ProfileFile> files) {
    /** The file's path below the root, which two copies share. */
    public String relative(ProfileFile file) {
      return file.path().substring(root.length());
    }

    /** By folder, then name. */
    public List<ProfileFile> inOrder() {
      List<ProfileFile> sorted = new ArrayList<>(files);
      sorted.sort(Comparator.comparing(ProfileFile::folder).thenComparing(ProfileFile::name));
      return sorted;
    }
  }
}
