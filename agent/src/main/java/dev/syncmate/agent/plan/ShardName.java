// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the number of a shard stands in its file's name. */
enum ShardName {
  /** As in {@code blob_12.bin}. */
  OBJECT(".+_([0-9]{1,9})\\.[A-Za-z].*") {
    @Override
    OptionalInt number(String name) {
      // Regular expressions take half of a plan's time if every name is matched.
      int simple = simpleNumber(name);
      return simple >= 0 ? OptionalInt.of(simple) : super.number(name);
    }
  },
  /** As in {@code c2fFullV.12.tch}. */
  MAP(".+Full\\w+?\\.([0-9]{1,9})\\.tch.*");

  private static final int DIGITS_MAX = 9;

  private final Pattern pattern;

  ShardName(String pattern) {
    this.pattern = Pattern.compile(pattern);
  }

  /** Empty where the name has none. */
  OptionalInt number(String name) {
    Matcher matcher = pattern.matcher(name);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The number of a name like blob_12.bin; -1: look closer. */
  private static int simpleNumber(String name) {
    int start = name.lastIndexOf('_') + 1;
    int at = start;
    int number = 0;
    while (at < name.length() && at - start < DIGITS_MAX && isDigit(name.charAt(at))) {
      number = number * 10 + (name.charAt(at) - '0');
      at++;
    }
    boolean named = start > 1 && at > start && at + 1 < name.length() && name.charAt(at) == '.';
    return named && isLetter(name.charAt(at + 1)) && name.indexOf('\n') < 0 ? number : -1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
