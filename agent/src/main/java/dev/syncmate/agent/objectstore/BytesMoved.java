// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes of slices that have passed since the agent started, repeated attempts included.
 *
 * <p><b>Threads.</b> Any.
 */
public final class BytesMoved {
  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();

  void addSent(long bytes) {
    sent.add(bytes);
  }

  void addReceived(long bytes) {
    received.add(bytes);
  }

  /** Bytes read from sources for the store. */
  public long sentBytes() {
    return sent.sum();
  }

  /** Bytes written to sinks from the store. */
  public long receivedBytes() {
    return received.sum();
  }
}
