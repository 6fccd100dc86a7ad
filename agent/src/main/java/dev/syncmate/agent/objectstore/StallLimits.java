// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import java.time.Duration;

/** When a stream counts as stalled: fewer bytes in the window than the rate asks for, or none. */
public record StallLimits(Duration window, long minBytesPerSecond) {
  /** 30 s at 1 KiB/s. */
  public static final StallLimits DEFAULT = new StallLimits(Duration.ofSeconds(30), 1024);

  public StallLimits {
    if (window.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("window: %s (expected: at least 1 s)".formatted(window));
    }
    if (minBytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "minBytesPerSecond: %d (expected: >= 0)".formatted(minBytesPerSecond));
    }
  }

  /** Bytes that must pass in a window. */
  long bytesNeeded() {
    double bytes = (double) minBytesPerSecond * window.toMillis() / 1000;
    return Math.max(1, (long) bytes);
  }
}
