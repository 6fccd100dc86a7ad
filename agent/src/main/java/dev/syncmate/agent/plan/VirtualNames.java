// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.input.Allowed;
import dev.syncmate.agent.plan.tasklist.FlatName;
import dev.syncmate.agent.profile.ProfileFile;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Flat names of file transfers, unique in their job.
 *
 * <p>A file's name is its virtual path. Where several source files have the same name, or a name is
 * so long that a slice's would be too long, each gets a suffix made from its path. That depends on
 * nothing but the profiles, so that every host that submits the pair gives the same names,
 * whichever of the files it can read.
 *
 * <p><b>Threads.</b> Immutable.
 */
final class VirtualNames {
  private static final int SUFFIX_BYTES = 8;

  /** Names like these are made by the plan and the coordinator. */
  private static final Pattern RESERVED = Pattern.compile(".*\\.(offset\\.[0-9]+|slice\\.[0-9]+)");

  /** What may be appended: the clash suffix, the offset and the slice number. */
  private static final int APPENDED_BYTES_MAX =
      1 + 2 * SUFFIX_BYTES + ".offset.9007199254740991".length() + ".slice.00000".length();

  static final int NAME_BYTES_MAX = FlatName.BYTES_MAX - APPENDED_BYTES_MAX;

  private final List<FilePair> pairs;
  private final Set<String> shared;

  VirtualNames(List<FilePair> pairs) {
    this.pairs = pairs;
    shared = Repeats.of(pairs.size(), i -> pairs.get(i).source().name());
  }

  /** A line for each name that several source files have, in order. */
  List<String> clashes() {
    if (shared.isEmpty()) {
      return List.of();
    }
    SortedMap<String, NameClash> byName = new TreeMap<>();
    for (FilePair pair : pairs) {
      ProfileFile file = pair.source();
      if (shared.contains(file.name())) {
        byName.computeIfAbsent(file.name(), name -> new NameClash()).add(file.path());
      }
    }
    return byName.entrySet().stream().map(clash -> clash.getValue().line(clash.getKey())).toList();
  }

  /** The virtual path of a whole file. */
  String of(ProfileFile file) {
    String name = file.name();
    boolean isLong = Allowed.utf8Length(name) > NAME_BYTES_MAX;
    if (!isLong && !shared.contains(name)) {
      return name;
    }
    byte[] digest = Sha256.of(file.path().getBytes(StandardCharsets.UTF_8));
    return (isLong ? beginning(name) : name)
        + "~"
        + HexFormat.of().formatHex(digest, 0, SUFFIX_BYTES);
  }

  /** Whole characters of it, as many as fit. */
  private static String beginning(String name) {
    int end = 0;
    int bytes = 0;
    while (end < name.length()) {
      int next = name.offsetByCodePoints(end, 1);
      bytes += Allowed.utf8Length(name.substring(end, next));
      if (bytes > NAME_BYTES_MAX) {
        break;
      }
      end = next;
    }
    return name.substring(0, end);
  }

  /** The virtual path of the bytes behind the offset. */
  String of(ProfileFile file, long offsetBytes) {
    return FlatName.ofTail(of(file), offsetBytes);
  }

  private static boolean isReserved(String name) {
    return !name.isEmpty()
        && Character.isDigit(name.charAt(name.length() - 1))
        && RESERVED.matcher(name).matches();
  }

  /** Why a file can't be transferred under its name, or null. */
  static @Nullable String problem(ProfileFile file) {
    String name = file.name();
    if (isReserved(name)) {
      return "the name ends like that of a slice (expected: no .offset.<n> or .slice.<n>)";
    }
    if (Allowed.hasControl(file.folder()) || Allowed.hasControl(name)) {
      return "the path has a control character (expected: none; receivers refuse it)";
    }
    return Allowed.utf8Length(name) > FlatName.BYTES_MAX
        ? "the name has %d bytes (expected: at most %d)"
            .formatted(Allowed.utf8Length(name), FlatName.BYTES_MAX)
        : null;
  }
}
