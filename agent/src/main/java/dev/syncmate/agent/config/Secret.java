// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

/** A value that never shows in a log or a message. */
public record Secret(String reveal) {
  /** Refuses what can't stand in an HTTP header; the message doesn't repeat it. */
  public Secret {
    if (reveal.isEmpty() || !reveal.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          "empty, or holds spaces or other than printable ASCII characters");
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
