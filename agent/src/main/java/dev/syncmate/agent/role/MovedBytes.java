// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

/**
 * How much an agent had moved at a time, on this host's monotonic clock.
 *
 * @param bytes all since it began
 */
record MovedBytes(long bytes, long atNanos) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Bytes a second since an earlier time. */
  long perSecondSince(MovedBytes earlier) {
    long nanos = Math.max(1, atNanos - earlier.atNanos);
    return Math.max(0, (long) ((bytes - earlier.bytes) * NANOS_PER_SECOND / nanos));
  }
}
