// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import java.util.Locale;

/** Byte counts and times as people read them. */
public final class ByteText {
  private static final String UNITS = "KMGTPE";
  private static final int STEP = 1024;

  private ByteText() {}

  /** {@code 0 B}, {@code 1.5 GiB}. */
  public static String size(long bytes) {
    if (bytes < STEP) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    // 1023.95 would be shown as 1024.0.
    while (value >= STEP - 0.05 && unit < UNITS.length() - 1) {
      value /= STEP;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %siB", value, UNITS.charAt(unit));
  }

  /** {@code 45 s}, {@code 3 min 20 s}, {@code 5 h 2 min}, {@code 3 d 4 h}. */
  public static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return "%d min %d s".formatted(seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return "%d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }
    return "%d d %d h".formatted(seconds / 86_400, seconds % 86_400 / 3600);
  }
}
