// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a file's name says, by the rules of World of Code. */
sealed interface WocName {
  /** One shard of a map. */
  record MapShard(String from, String to, String version, String number) implements WocName {}

  /** A map's value that was too large for its shard. */
  record MapLarge(String from, String to, String version, String number, String hash)
      implements WocName {}

  /**
   * One shard of objects.
   *
   * @param kind name and extension, as in {@code blob.bin}
   */
  record ObjectShard(String kind, String number) implements WocName {}

  /** The expressions are those of python-woc 0.4.1, the unescaped dots too. */
  Pattern MAP = unicode("(\\w+)2(\\w+)Full(\\w+)(?:.(\\d+))?.tch");

  Pattern LARGE = unicode("(\\w+)2(\\w+)Full(\\w+)(?:.(\\d+))?.tch.large.([0-9a-f]+)");
  Pattern OBJECT = unicode("([\\w\\.]+)_(\\d+).(idx|bin|tch)");

  /** Whether woc.detect looks at a file of this name at all. */
  static boolean isCandidate(String name) {
    return name.contains(".tch")
        || (name.endsWith(".idx") && !name.startsWith("pack"))
        || name.endsWith(".bin");
  }

  /** Null where the name follows no rule. A map without a number is its shard 0. */
  static @Nullable WocName parse(String name) {
    Matcher map = MAP.matcher(name);
    if (map.matches()) {
      return new MapShard(map.group(1), map.group(2), map.group(3), orZero(map.group(4)));
    }
    Matcher large = LARGE.matcher(name);
    if (large.matches()) {
      return new MapLarge(
          large.group(1), large.group(2), large.group(3), orZero(large.group(4)), large.group(5));
    }
    Matcher object = OBJECT.matcher(name);
    return object.matches()
        ? new ObjectShard(object.group(1) + "." + object.group(3), object.group(2))
        : null;
  }

  private static String orZero(@Nullable String number) {
    return number == null ? "0" : number;
  }

  private static Pattern unicode(String expression) {
    return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS);
  }
}
