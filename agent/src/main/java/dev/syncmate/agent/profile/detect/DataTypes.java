// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile.detect;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Types of a map's keys and values, by the entities that its name joins, in World of Code's letters
 * (h: hex, s: string, cs: compressed strings, r: hex and number). Readers of the maps need them;
 * the plan does not.
 */
final class DataTypes {
  private static final Set<String> NAMES_AS_KEY = Set.of("a", "f", "p", "ps", "pf", "pfs");
  private static final Set<String> NAMES_AS_VALUE = Set.of("a", "f", "p");
  private static final Set<String> PLAIN_VALUES = Set.of("ta", "tag", "ps", "pf", "pfs");

  /** Maps that follow no rule. */
  private static final Map<String, List<String>> OF_MAP =
      Map.ofEntries(
          Map.entry("b2f", List.of("h", "cs3")),
          Map.entry("b2fa", List.of("h", "cs3")),
          Map.entry("b2tac", List.of("h", "cs3")),
          Map.entry("b2cff", List.of("h", "cs3")),
          Map.entry("c2fbb", List.of("h", "cs3")),
          Map.entry("obb2cf", List.of("h", "cs3")),
          Map.entry("bb2cf", List.of("h", "cs3")),
          Map.entry("b2tk", List.of("h", "s")),
          Map.entry("td2f", List.of("h", "s")),
          Map.entry("c2dat", List.of("h", "s")),
          Map.entry("c2h", List.of("h", "r")),
          Map.entry("c2r", List.of("h", "r")),
          Map.entry("p2p", List.of("s", "cs")),
          Map.entry("a2a", List.of("s", "cs")),
          Map.entry("po2pn", List.of("s", "cs")),
          Map.entry("b2baddate", List.of("s", "h")),
          Map.entry("b2manyp", List.of("s", "h")));

  private DataTypes() {}

  /** Type of the keys, type of the values. */
  static List<String> of(String from, String to) {
    String key = from.toLowerCase(Locale.ROOT);
    String value = to.toLowerCase(Locale.ROOT);
    List<String> special = OF_MAP.get(key + "2" + value);
    return special != null ? special : List.of(ofKey(key), ofValue(value));
  }

  private static String ofKey(String entity) {
    return NAMES_AS_KEY.contains(entity) ? "s" : "h";
  }

  private static String ofValue(String entity) {
    if (NAMES_AS_VALUE.contains(entity)) {
      return "cs";
    }
    if (entity.equals("rhp")) {
      return "hhwww";
    }
    return PLAIN_VALUES.contains(entity) ? "s" : "h";
  }
}
