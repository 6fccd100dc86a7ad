// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files in the order of the numbers in their names. */
final class Numbered {
  private static final int DIGITS_MAX = 9;

  private final List<ProfileFile> files;
  private final List<ProfileFile> unnumbered = new ArrayList<>();

  /** Number, then index in the list. */
  private final long[] order;

  /**
   * Sorts them; files of the same number, and those of none, in {@link ProfileFile#ORDER}.
   *
   * @param pattern its first group is the number, at most 9 digits
   */
  Numbered(List<ProfileFile> files, Pattern pattern) {
    this.files = files;
    long[] keys = new long[files.size()];
    int length = 0;
    for (int i = 0; i < files.size(); i++) {
      OptionalInt number = number(files.get(i), pattern);
      if (number.isPresent()) {
        keys[length++] = ((long) number.getAsInt() << Integer.SIZE) | i;
      } else {
        unnumbered.add(files.get(i));
      }
    }
    order = Arrays.copyOf(keys, length);
    Arrays.sort(order);
    sortRepeated();
    unnumbered.sort(ProfileFile.ORDER);
  }

  private void sortRepeated() {
    int end;
    for (int start = 0; start < order.length; start = end) {
      end = endOfNumber(start);
      if (end - start > 1) {
        long[] sorted =
            Arrays.stream(order, start, end)
                .boxed()
                .sorted(Comparator.comparing(key -> files.get(key.intValue()), ProfileFile.ORDER))
                .mapToLong(Long::longValue)
                .toArray();
        System.arraycopy(sorted, 0, order, start, sorted.length);
      }
    }
  }

  int size() {
    return order.length;
  }

  int number(int position) {
    return (int) (order[position] >>> Integer.SIZE);
  }

  ProfileFile file(int position) {
    return files.get((int) order[position]);
  }

  /** Files without a number, in their order. */
  List<ProfileFile> unnumbered() {
    return unnumbered;
  }

  /** Position behind the files that have the same number as the one at the position. */
  int endOfNumber(int position) {
    int end = position + 1;
    while (end < order.length && number(end) == number(position)) {
      end++;
    }
    return end;
  }

  List<ProfileFile> between(int from, int to) {
    List<ProfileFile> some = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      some.add(file(i));
    }
    return some;
  }

  /** Numbers below the limit that no file has. */
  BitSet missing(int limit) {
    BitSet missing = new BitSet(limit);
    missing.set(0, limit);
    for (int i = 0; i < order.length && number(i) < limit; i++) {
      missing.clear(number(i));
    }
    return missing;
  }

  private static OptionalInt number(ProfileFile file, Pattern pattern) {
    // Regular expressions take half of a plan's time if every name is matched.
    int simple = pattern == Pairing.OBJECT_SHARD ? simpleObjectNumber(file.name()) : -1;
    if (simple >= 0) {
      return OptionalInt.of(simple);
    }
    Matcher matcher = pattern.matcher(file.name());
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The number of a name like blob_12.bin; -1: look closer. */
  private static int simpleObjectNumber(String name) {
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
