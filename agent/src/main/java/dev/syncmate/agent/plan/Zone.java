// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

/** Which hosts reach a source file cheaply: all of a zone are reached the same way. */
public final class Zone {
  private Zone() {}

  /** First segment of the path. */
  public static String of(String path) {
    int end = path.indexOf('/', 1);
    return end < 0 ? "/" : path.substring(0, end);
  }
}
