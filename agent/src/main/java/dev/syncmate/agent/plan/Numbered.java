// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.profile.ProfileFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/** Files in the order of the numbers in their names. */
final class Numbered {
  private final List<ProfileFile> files;
  private final List<ProfileFile> unnumbered = new ArrayList<>();

  /** Number, then index in the list. */
  private final long[] order;

  /** Sorts them; files of the same number, and those of none, in {@link ProfileFile#ORDER}. */
  Numbered(List<ProfileFile> files, ShardName names) {
    this.files = files;
    long[] keys = new long[files.size()];
    int length = 0;
    for (int i = 0; i < files.size(); i++) {
      OptionalInt number = names.number(files.get(i).name());
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
}
