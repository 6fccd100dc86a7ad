// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes only when a test says so. */
final class ManualScheduler implements Scheduler {
  private final List<Entry> entries = new ArrayList<>();
  private long now = 1_000_000_000L;

  private static final class Entry implements Timer {
    final long at;
    final Runnable action;
    boolean cancelled;

    Entry(long at, Runnable action) {
      this.at = at;
      this.action = action;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    Entry entry = new Entry(now + delay.toNanos(), action);
    entries.add(entry);
    return entry;
  }

  @Override
  public double random() {
    return 0.5;
  }

  /** Lets so much time pass, running what becomes due, in order. */
  void advance(Duration by) {
    long end = now + by.toNanos();
    while (true) {
      entries.removeIf(entry -> entry.cancelled);
      Entry next =
          entries.stream()
              .filter(entry -> entry.at <= end)
              .min(Comparator.comparingLong(entry -> entry.at))
              .orElse(null);
      if (next == null) {
        now = end;
        return;
      }
      entries.remove(next);
      now = Math.max(now, next.at);
      next.action.run();
    }
  }
}
