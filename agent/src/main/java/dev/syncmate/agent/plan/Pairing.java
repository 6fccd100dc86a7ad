// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.plan.Profile.MapFiles;
import dev.syncmate.agent.plan.Profile.ObjectFiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the files of two profiles: shards of objects by number, files of maps by name.
 *
 * <p>Position in a list says nothing: woc.detect leaves missing shards out.
 *
 * <p><b>Threads.</b> One.
 */
final class Pairing {
  private static final int NUMBERS_SHOWN_MAX = 5;
  private static final Pattern OBJECT_SHARD = Pattern.compile(".+_([0-9]{1,9})\\.[A-Za-z].*");
  private static final Pattern MAP_SHARD = Pattern.compile(".+Full\\w+?\\.([0-9]{1,9})\\.tch.*");

  private final Profile source;
  private final Profile destination;
  private final List<FilePair> pairs = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<FileError> errors = new ArrayList<>();
  private final Set<String> seenPaths = new HashSet<>();

  Pairing(Profile source, Profile destination) {
    this.source = source;
    this.destination = destination;
  }

  /** Pairs, in the order of the plan. */
  List<FilePair> pairs() {
    return pairs;
  }

  List<String> warnings() {
    return warnings;
  }

  List<FileError> errors() {
    return errors;
  }

  void run() {
    warnings.addAll(source.warnings());
    warnings.addAll(destination.warnings());
    source.maps().forEach(this::pairMap);
    source.objects().forEach(this::pairObjects);
  }

  private void pairMap(String name, MapFiles from) {
    MapFiles to = destination.maps().get(name);
    MapVersion version = from.version();
    if (version == null) {
      allFiles(from).forEach(file -> refuse(file, unordered(name, from.versionText(), source)));
      return;
    }
    if (to != null && to.version() == null) {
      allFiles(from).forEach(file -> refuse(file, unordered(name, to.versionText(), destination)));
      return;
    }
    int order = to == null || to.version() == null ? 1 : version.compareTo(to.version());
    if (order < 0) {
      warnings.add(
          "map %s: version %s is older than the destination's %s: nothing planned"
              .formatted(Shown.text(name), from.versionText(), to == null ? "" : to.versionText()));
      return;
    }
    warnAboutGaps("map " + Shown.text(name), from.shardingBits(), from.shards(), MAP_SHARD);
    Map<String, List<ProfileFile>> byName =
        order == 0 && to != null
            ? allFiles(to).stream().collect(Collectors.groupingBy(ProfileFile::name))
            : Map.of();
    for (ProfileFile file : allFiles(from)) {
      addPair(false, file, byName.getOrDefault(file.name(), List.of()));
    }
  }

  private void pairObjects(String name, ObjectFiles from) {
    ObjectFiles to = destination.objects().get(name);
    Map<Integer, List<ProfileFile>> byNumber = new HashMap<>();
    for (ProfileFile file : to == null ? List.<ProfileFile>of() : to.shards()) {
      OptionalInt number = number(file, OBJECT_SHARD);
      if (number.isPresent()) {
        byNumber.computeIfAbsent(number.getAsInt(), n -> new ArrayList<>()).add(file);
      } else {
        // Its number may be that of any source file, which would then look as if it were missing.
        warnings.add(
            "%s: %s: no shard number in the name: left out"
                .formatted(destination.file(), Shown.text(file.path())));
      }
    }
    warnAboutGaps("objects " + Shown.text(name), from.shardingBits(), from.shards(), OBJECT_SHARD);
    shardsByNumber(name, from)
        .forEach(
            (number, files) -> {
              for (ProfileFile file : files) {
                addPair(true, file, byNumber.getOrDefault(number, List.of()));
              }
            });
  }

  /** Source shards by number; two files of one number are refused, nobody knows which is right. */
  private SortedMap<Integer, List<ProfileFile>> shardsByNumber(String name, ObjectFiles from) {
    SortedMap<Integer, List<ProfileFile>> byNumber = new TreeMap<>();
    for (ProfileFile file : from.shards()) {
      OptionalInt number = number(file, OBJECT_SHARD);
      if (number.isEmpty()) {
        refuse(file, "no shard number in the name (expected: as in blob_12.bin)");
      } else {
        byNumber.computeIfAbsent(number.getAsInt(), n -> new ArrayList<>()).add(file);
      }
    }
    for (List<ProfileFile> files : byNumber.values()) {
      List<String> paths = files.stream().map(ProfileFile::path).distinct().toList();
      if (paths.size() > 1) {
        files.forEach(
            file ->
                refuse(
                    file,
                    "objects %s: several files have this shard's number: %s (expected: one)"
                        .formatted(Shown.text(name), shown(paths))));
        files.clear();
      }
    }
    return byNumber;
  }

  private void addPair(boolean appendable, ProfileFile file, List<ProfileFile> targets) {
    if (!seenPaths.add(file.path())) {
      warnings.add(
          "%s: %s: listed a second time: left out"
              .formatted(source.file(), Shown.text(file.path())));
      return;
    }
    if (targets.stream().map(ProfileFile::path).distinct().count() > 1) {
      refuse(
          file,
          "several files of the destination correspond to it: %s (expected: one)"
              .formatted(shown(targets.stream().map(ProfileFile::path).toList())));
      return;
    }
    pairs.add(new FilePair(appendable, file, targets.isEmpty() ? null : targets.get(0)));
  }

  /** A gap is a file that could not be read when the profile was made, or that is gone. */
  private void warnAboutGaps(
      String what, @Nullable Integer bits, List<ProfileFile> shards, Pattern pattern) {
    if (bits == null) {
      return;
    }
    Set<Integer> present = new HashSet<>();
    shards.forEach(file -> number(file, pattern).ifPresent(present::add));
    if (present.isEmpty()) {
      return;
    }
    List<Integer> missing = new ArrayList<>();
    for (int number = 0; number < 1 << bits; number++) {
      if (!present.contains(number)) {
        missing.add(number);
      }
    }
    if (!missing.isEmpty()) {
      warnings.add(
          "%s: the source profile lacks %d of %d shards: %s%s"
              .formatted(
                  what,
                  missing.size(),
                  1 << bits,
                  missing.stream()
                      .limit(NUMBERS_SHOWN_MAX)
                      .map(String::valueOf)
                      .collect(Collectors.joining(", ")),
                  missing.size() > NUMBERS_SHOWN_MAX ? ", …" : ""));
    }
  }

  private void refuse(ProfileFile file, String message) {
    errors.add(new FileError(file.path(), message));
  }

  private static String unordered(String map, String version, Profile profile) {
    return "map %s: version %s in %s can't be ordered (expected: letters, then a number)"
        .formatted(Shown.text(map), Shown.text(version), profile.file());
  }

  private static String shown(List<String> paths) {
    return paths.stream()
        .limit(NUMBERS_SHOWN_MAX)
        .map(Shown::text)
        .collect(Collectors.joining(", "));
  }

  private static List<ProfileFile> allFiles(MapFiles map) {
    List<ProfileFile> files = new ArrayList<>(map.shards());
    files.sort(
        Comparator.<ProfileFile>comparingInt(file -> number(file, MAP_SHARD).orElse(-1))
            .thenComparing(ProfileFile::path));
    map.larges().stream().sorted(Comparator.comparing(ProfileFile::path)).forEach(files::add);
    return files;
  }

  private static OptionalInt number(ProfileFile file, Pattern pattern) {
    Matcher matcher = pattern.matcher(file.name());
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }
}
