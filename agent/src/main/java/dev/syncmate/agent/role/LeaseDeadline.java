// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import java.time.Duration;

/**
 * When a session that was renewed counts as lost, if it is not renewed again: before the
 * coordinator says so.
 *
 * <p><b>Units.</b> Nanoseconds of this host's monotonic clock, counted from before the renewing
 * call left; the coordinator's clock is never compared with ours.
 *
 * <p><b>Source.</b> Gray and Cheriton, "Leases", SOSP 1989; docs/adr/0003-lease-epoch.md.
 */
record LeaseDeadline(long atNanos) {
  /** The share of the lease by which it counts as lost early. */
  private static final int MARGIN = 10;

  static LeaseDeadline renewed(long sentAtNanos, Duration lease) {
    return new LeaseDeadline(sentAtNanos + lease.toNanos() - lease.toNanos() / MARGIN);
  }

  /** The time until then; zero once it is over. */
  Duration left(long nowNanos) {
    return Duration.ofNanos(Math.max(0, atNanos - nowNanos));
  }
}
