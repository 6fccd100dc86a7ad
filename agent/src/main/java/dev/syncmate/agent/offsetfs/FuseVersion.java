// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.util.Locale;

/** Which libfuse to use. */
public enum FuseVersion {
  /** 3 where it can be used, else 2. */
  AUTO("auto"),
  LIBFUSE_2("2"),
  LIBFUSE_3("3");

  private final String flag;

  FuseVersion(String flag) {
    this.flag = flag;
  }

  /**
   * The version that a user named.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public static FuseVersion of(String flag) {
    for (FuseVersion version : values()) {
      if (version.flag.equals(flag.toLowerCase(Locale.ROOT))) {
        return version;
      }
    }
    throw new IllegalArgumentException("fuse: %s (expected: 2, 3 or auto)".formatted(flag));
  }

  /** As users name it. */
  @Override
  public String toString() {
    return flag;
  }
}
