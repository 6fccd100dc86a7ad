// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import java.util.List;

/**
 * File names of the other copy's list, in its order. Two copies mostly list the same names in the
 * same order; kept once, they are half of what a million files need in memory.
 *
 * <p>A name that isn't found near the last one is kept twice, no more.
 */
final class KnownNames {
  private static final int LOOK_AHEAD = 16;

  private final List<ProfileFile> files;
  private int next;

  KnownNames(List<ProfileFile> files) {
    this.files = files;
  }

  /** The name as the other list has it, or itself. */
  String find(String name) {
    int end = Math.min(files.size(), next + LOOK_AHEAD);
    for (int i = next; i < end; i++) {
      String known = files.get(i).name();
      if (known.equals(name)) {
        next = i + 1;
        return known;
      }
    }
    return name;
  }
}
