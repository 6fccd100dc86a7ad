// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes of one stream in a window that slides by ticks.
 *
 * <p><b>Threads.</b> Any; bytes come from the thread that moves them, ticks from a timer.
 */
final class StallWatch implements ByteObserver {
  /** Ticks of a window. */
  static final int TICKS = 6;

  private final long lengthBytes;
  private final long neededBytes;
  private final Deque<Long> ticks = new ArrayDeque<>();
  private boolean running;
  private long passBytes;
  private long tickBytes;

  StallWatch(long lengthBytes, StallLimits limits) {
    this.lengthBytes = lengthBytes;
    this.neededBytes = limits.bytesNeeded();
  }

  @Override
  public synchronized void opened() {
    running = true;
    passBytes = 0;
    tickBytes = 0;
    ticks.clear();
  }

  @Override
  public synchronized void moved(long bytes) {
    passBytes += bytes;
    tickBytes += bytes;
    running = passBytes < lengthBytes;
  }

  /** Ends a tick; says whether the stream is stalled. */
  synchronized boolean tick() {
    if (!running) {
      return false;
    }
    ticks.addLast(tickBytes);
    tickBytes = 0;
    if (ticks.size() > TICKS) {
      ticks.removeFirst();
    }
    return ticks.size() == TICKS && windowBytes() < neededBytes;
  }

  /** Bytes in the window that the last tick ended. */
  synchronized long windowBytes() {
    return ticks.stream().mapToLong(Long::longValue).sum();
  }
}
