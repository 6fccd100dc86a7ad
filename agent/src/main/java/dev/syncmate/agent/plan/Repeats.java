// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Which of many texts occur more than once, in a few bytes for each: texts are compared only where
 * their hash codes are the same.
 */
final class Repeats {
  private Repeats() {}

  /**
   * The texts that occur more than once.
   *
   * @param text makes the text of 0 to count - 1; called up to twice for each
   */
  static Set<String> of(int count, IntFunction<String> text) {
    int[] hashes = new int[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = text.apply(i).hashCode();
    }
    int[] suspects = repeated(hashes);
    Set<String> repeated = new HashSet<>();
    if (suspects.length == 0) {
      return repeated;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (Arrays.binarySearch(suspects, hashes[i]) >= 0) {
        String found = text.apply(i);
        if (!seen.add(found)) {
          repeated.add(found);
        }
      }
    }
    return repeated;
  }

  private static int[] repeated(int[] numbers) {
    int[] sorted = numbers.clone();
    Arrays.sort(sorted);
    int[] repeated = new int[sorted.length / 2];
    int length = 0;
    for (int i = 1; i < sorted.length; i++) {
      boolean again = sorted[i] == sorted[i - 1];
      if (again && (length == 0 || repeated[length - 1] != sorted[i])) {
        repeated[length++] = sorted[i];
      }
    }
    return Arrays.copyOf(repeated, length);
  }
}
