// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import dev.syncmate.agent.input.Shown;
import dev.syncmate.agent.profile.MapVersion;
import dev.syncmate.agent.profile.detect.WocName.MapLarge;
import dev.syncmate.agent.profile.detect.WocName.MapShard;
import dev.syncmate.agent.profile.detect.WocName.ObjectShard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The maps and objects that lie below some folders, by the rules of python-woc's {@code
 * woc.detect}.
 *
 * <p>Where two files claim the same place, the one found last counts, as there; here that is said.
 *
 * <p><b>Threads.</b> One.
 */
final class WocTree implements TreeWalk.Visitor {
  private static final int SHARDING_BITS_MAX = 20;
  private static final int MISSING_SHOWN_MAX = 10;

  /** Files in it with names of objects are something else. */
  private static final String NOT_OBJECTS = "All.sha1";

  /**
   * Where World of Code's hosts keep their data, for each other over NFS. A link that leads there
   * is resolved, which spares a detour.
   */
  private static final Pattern WOC_HOST_PATH = Pattern.compile("/da[0-9]+.*");

  private static final Map<String, String> ALIASES =
      Map.of("tree.tch", "tree", "commit.tch", "commit", "sha1.blob.tch", "blob");

  private final @Nullable String onlyVersion;
  private final Findings findings;
  private final NavigableMap<String, NavigableMap<String, FoundMap>> maps = new TreeMap<>();
  private final NavigableMap<String, FoundObjects> objects = new TreeMap<>();
  private @Nullable Path lastFolder;
  private @Nullable Path lastRealFolder;

  WocTree(@Nullable String onlyVersion, Findings findings) {
    this.onlyVersion = onlyVersion;
    this.findings = findings;
  }

  /** One version of a map. */
  record FoundMap(
      String from,
      String to,
      String version,
      NavigableMap<Integer, FoundFile> shards,
      NavigableMap<String, FoundFile> larges,
      AtomicInteger bits) {
    int shardingBits() {
      return bits.get();
    }
  }

  /** One kind of objects. */
  record FoundObjects(
      @Nullable String alias, NavigableMap<Integer, FoundFile> shards, AtomicInteger bits) {
    int shardingBits() {
      return bits.get();
    }
  }

  @Override
  public boolean wants(String name) {
    return WocName.isCandidate(name);
  }

  @Override
  public void file(Path file, BasicFileAttributes attributes) throws IOException {
    String name = Objects.requireNonNull(file.getFileName()).toString();
    WocName parsed = WocName.parse(name);
    if (parsed == null) {
      findings.warn("%s: name of no known form: left out".formatted(file));
      return;
    }
    if (parsed instanceof ObjectShard && isUnder(file, NOT_OBJECTS)) {
      return;
    }
    int number = number(numberText(parsed));
    if (number < 0) {
      findings.problem(
          "%s: shard number %s (expected: below %d): left out"
              .formatted(file, numberText(parsed), 1 << SHARDING_BITS_MAX));
      return;
    }
    if (parsed instanceof ObjectShard object) {
      add(object, number, found(file, attributes));
    } else if (onlyVersion != null && !onlyVersion.equals(version(parsed))) {
      return;
    } else if (parsed instanceof MapShard shard) {
      FoundMap map = map(shard.from(), shard.to(), shard.version(), number);
      put(map.shards(), number, found(file, attributes));
    } else if (parsed instanceof MapLarge large) {
      FoundMap map = map(large.from(), large.to(), large.version(), number);
      put(map.larges(), large.hash(), found(file, attributes));
    }
  }

  /** Leaves out what lacks shards, where that is wanted. */
  void dropIncomplete() {
    maps.forEach(
        (name, versions) ->
            versions
                .values()
                .removeIf(
                    map ->
                        isIncomplete(
                            "map %s, version %s".formatted(name, map.version()),
                            map.shards(),
                            map.shardingBits())));
    maps.values().removeIf(NavigableMap::isEmpty);
    objects
        .entrySet()
        .removeIf(
            kind ->
                isIncomplete(
                    "objects " + kind.getKey(),
                    kind.getValue().shards(),
                    kind.getValue().shardingBits()));
  }

  NavigableMap<String, NavigableMap<String, FoundMap>> maps() {
    return maps;
  }

  NavigableMap<String, FoundObjects> objects() {
    return objects;
  }

  /** All that is left, in the order of the profile. */
  List<FoundFile> files() {
    List<FoundFile> files = new ArrayList<>();
    for (NavigableMap<String, FoundMap> versions : maps.values()) {
      for (FoundMap map : versions.values()) {
        files.addAll(map.shards().values());
        files.addAll(map.larges().values());
      }
    }
    objects.values().forEach(kind -> files.addAll(kind.shards().values()));
    return files;
  }

  private FoundMap map(String from, String to, String version, int number) {
    FoundMap map =
        maps.computeIfAbsent(from + "2" + to, name -> new TreeMap<>(MapVersion.NEWEST_FIRST))
            .computeIfAbsent(
                version,
                text ->
                    new FoundMap(
                        from, to, text, new TreeMap<>(), new TreeMap<>(), new AtomicInteger()));
    map.bits().accumulateAndGet(bitLength(number), Math::max);
    return map;
  }

  private void add(ObjectShard object, int number, FoundFile file) {
    FoundObjects kind =
        objects.computeIfAbsent(
            object.kind(),
            name -> new FoundObjects(ALIASES.get(name), new TreeMap<>(), new AtomicInteger()));
    kind.bits().accumulateAndGet(bitLength(number), Math::max);
    put(kind.shards(), number, file);
  }

  private <K> void put(NavigableMap<K, FoundFile> files, K key, FoundFile file) {
    FoundFile before = files.put(key, file);
    if (before != null && !before.path().equals(file.path())) {
      findings.warn(
          "%s: takes the place of %s: the former counts".formatted(file.path(), before.path()));
    }
  }

  private boolean isIncomplete(String what, NavigableMap<Integer, FoundFile> shards, int bits) {
    List<Integer> missing =
        IntStream.range(0, 1 << bits).filter(n -> !shards.containsKey(n)).boxed().toList();
    if (missing.isEmpty()) {
      return false;
    }
    findings.warn(
        "%s: %d of %d shards are missing (%s): left out (--no-skip-missing keeps the others)"
            .formatted(
                what,
                missing.size(),
                1 << bits,
                Shown.first(MISSING_SHOWN_MAX, missing.stream().map(String::valueOf))));
    return true;
  }

  private FoundFile found(Path file, BasicFileAttributes attributes) throws IOException {
    BasicFileAttributes real =
        attributes.isSymbolicLink()
            ? Files.readAttributes(file, BasicFileAttributes.class)
            : attributes;
    if (!real.isRegularFile()) {
      throw new IOException("not a regular file");
    }
    Path resolved = attributes.isSymbolicLink() ? file.toRealPath() : realFolderOf(file);
    boolean onWocHost = WOC_HOST_PATH.matcher(resolved.toString()).matches();
    return new FoundFile((onWocHost ? resolved : file).toString(), real.size());
  }

  /** The file with the links of its folder resolved; files come folder by folder. */
  private Path realFolderOf(Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.getParent());
    if (!folder.equals(lastFolder)) {
      lastRealFolder = folder.toRealPath();
      lastFolder = folder;
    }
    return Objects.requireNonNull(lastRealFolder).resolve(file.getFileName());
  }

  private static boolean isUnder(Path file, String folderEnd) {
    Path folder = file.getParent();
    return folder != null && folder.toString().endsWith(folderEnd);
  }

  private static String numberText(WocName name) {
    if (name instanceof MapShard shard) {
      return shard.number();
    }
    return name instanceof MapLarge large ? large.number() : ((ObjectShard) name).number();
  }

  private static String version(WocName name) {
    return name instanceof MapShard shard ? shard.version() : ((MapLarge) name).version();
  }

  private static int number(String digits) {
    try {
      int number = Integer.parseInt(digits);
      return bitLength(number) <= SHARDING_BITS_MAX ? number : -1;
    } catch (NumberFormatException tooLarge) {
      return -1;
    }
  }

  private static int bitLength(int number) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(number);
  }
}
