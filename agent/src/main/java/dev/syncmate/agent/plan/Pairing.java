// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.plan.FileKind.GenericKind;
import dev.syncmate.agent.plan.FileKind.MapKind;
import dev.syncmate.agent.plan.FileKind.ObjectKind;
import dev.syncmate.agent.plan.Plan.FileError;
import dev.syncmate.agent.profile.MapVersion;
import dev.syncmate.agent.profile.Profile;
import dev.syncmate.agent.profile.Profile.GenericFiles;
import dev.syncmate.agent.profile.Profile.MapFiles;
import dev.syncmate.agent.profile.Profile.ObjectFiles;
import dev.syncmate.agent.profile.ProfileFile;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pairs the files of two profiles: shards of objects by number, files of maps by name, those of
 * generic profiles by their paths below the roots.
 *
 * <p>Position in a list says nothing: woc.detect leaves missing shards out.
 *
 * <p><b>Threads.</b> One.
 */
final class Pairing {
  private static final int NUMBERS_SHOWN_MAX = 5;

  private final Profile source;
  private final Profile destination;
  private final List<FilePair> pairs = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<FileError> errors = new ArrayList<>();

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
    GenericFiles from = source.generic();
    GenericFiles to = destination.generic();
    if ((from == null) != (to == null)) {
      throw new InputException(
          "%s is a generic profile, %s is not (expected: two of one format)"
              .formatted(
                  from == null ? destination.file() : source.file(),
                  from == null ? source.file() : destination.file()));
    }
    if (from != null && to != null) {
      pairGeneric(from, to);
    }
    source.maps().forEach(this::pairMap);
    source.objects().forEach(this::pairObjects);
    leaveOutRepeated();
  }

  private void pairGeneric(GenericFiles from, GenericFiles to) {
    FileKind kind = new GenericKind(from.root(), to.root());
    Map<String, ProfileFile> byPath = new HashMap<>();
    for (ProfileFile file : to.files()) {
      byPath.put(to.relative(file), file);
    }
    for (ProfileFile file : from.inOrder()) {
      pairs.add(new FilePair(kind, file, byPath.get(from.relative(file))));
    }
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
    warnAboutGaps(
        "map " + Shown.text(name), from.shardingBits(), new Numbered(from.shards(), ShardName.MAP));
    FileKind kind = new MapKind(name, from.versionText());
    Map<String, List<ProfileFile>> byName =
        order == 0 && to != null
            ? allFiles(to).stream().collect(Collectors.groupingBy(ProfileFile::name))
            : Map.of();
    for (ProfileFile file : allFiles(from)) {
      addPair(kind, file, byName.getOrDefault(file.name(), List.of()));
    }
  }

  private void pairObjects(String name, ObjectFiles from) {
    ObjectFiles to = destination.objects().get(name);
    Numbered targets = new Numbered(to == null ? List.of() : to.shards(), ShardName.OBJECT);
    for (ProfileFile file : targets.unnumbered()) {
      // Its number may be that of any source file, which would then look as if it were missing.
      warnings.add(
          "%s: %s: no shard number in the name: left out"
              .formatted(destination.file(), Shown.text(file.path())));
    }
    Numbered files = new Numbered(from.shards(), ShardName.OBJECT);
    for (ProfileFile file : files.unnumbered()) {
      refuse(file, "no shard number in the name (expected: as in blob_12.bin)");
    }
    warnAboutGaps("objects " + Shown.text(name), from.shardingBits(), files);
    FileKind kind = new ObjectKind(name);
    int target = 0;
    for (int i = 0; i < files.size(); i = files.endOfNumber(i)) {
      while (target < targets.size() && targets.number(target) < files.number(i)) {
        target++;
      }
      boolean met = target < targets.size() && targets.number(target) == files.number(i);
      int targetEnd = met ? targets.endOfNumber(target) : target;
      addShards(kind, files.between(i, files.endOfNumber(i)), targets.between(target, targetEnd));
      target = targetEnd;
    }
  }

  /** Two source files of one number are refused, nobody knows which is right. */
  private void addShards(FileKind kind, List<ProfileFile> files, List<ProfileFile> targets) {
    if (!isOnePath(files)) {
      for (ProfileFile file : files) {
        refuse(
            file,
            "%s: several files have this shard's number: %s (expected: one)"
                .formatted(Shown.text(kind.label()), shown(files)));
      }
      return;
    }
    files.forEach(file -> addPair(kind, file, targets));
  }

  private void addPair(FileKind kind, ProfileFile file, List<ProfileFile> targets) {
    if (!isOnePath(targets)) {
      refuse(
          file,
          "several files of the destination correspond to it: %s (expected: one)"
              .formatted(shown(targets)));
      return;
    }
    pairs.add(new FilePair(kind, file, targets.isEmpty() ? null : targets.get(0)));
  }

  private static boolean isOnePath(List<ProfileFile> files) {
    return files.size() < 2 || files.stream().allMatch(file -> file.isAt(files.get(0)));
  }

  private void leaveOutRepeated() {
    // Most profiles have each name once, and names need not be put together.
    if (Repeats.of(pairs.size(), i -> pairs.get(i).source().name()).isEmpty()) {
      return;
    }
    Set<String> repeated = Repeats.of(pairs.size(), i -> pairs.get(i).source().path());
    Set<String> seen = new HashSet<>();
    pairs.removeIf(
        pair -> {
          String path = pair.source().path();
          boolean again = repeated.contains(path) && !seen.add(path);
          if (again) {
            warnings.add(
                "%s: %s: listed a second time: left out"
                    .formatted(source.file(), Shown.text(path)));
          }
          return again;
        });
  }

  /** A gap is a file that could not be read when the profile was made, or that is gone. */
  private void warnAboutGaps(String what, @Nullable Integer bits, Numbered shards) {
    if (bits == null || shards.size() == 0) {
      return;
    }
    BitSet missing = shards.missing(1 << bits);
    if (missing.isEmpty()) {
      return;
    }
    warnings.add(
        "%s: the source profile lacks %d of %d shards: %s"
            .formatted(
                what,
                missing.cardinality(),
                1 << bits,
                Shown.first(NUMBERS_SHOWN_MAX, missing.stream().mapToObj(String::valueOf))));
  }

  private void refuse(ProfileFile file, String message) {
    errors.add(new FileError(file.path(), message));
  }

  private static String unordered(String map, String version, Profile profile) {
    return "map %s: version %s in %s can't be ordered (expected: letters, then a number)"
        .formatted(Shown.text(map), Shown.text(version), profile.file());
  }

  private static String shown(List<ProfileFile> files) {
    return files.stream()
        .map(ProfileFile::path)
        .limit(NUMBERS_SHOWN_MAX)
        .map(Shown::text)
        .collect(Collectors.joining(", "));
  }

  private static List<ProfileFile> allFiles(MapFiles map) {
    List<ProfileFile> shards = new ArrayList<>(map.shards());
    shards.sort(ProfileFile.ORDER);
    Numbered numbered = new Numbered(shards, ShardName.MAP);
    List<ProfileFile> files = new ArrayList<>(numbered.unnumbered());
    files.addAll(numbered.between(0, numbered.size()));
    map.larges().stream().sorted(ProfileFile.ORDER).forEach(files::add);
    return files;
  }
}
