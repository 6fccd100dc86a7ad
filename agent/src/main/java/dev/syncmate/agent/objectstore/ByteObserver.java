// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

/** Is told about the passes over a slice, on the thread that moves the bytes; must not block. */
interface ByteObserver {
  /** A pass begins, at the first byte. */
  default void opened() {}

  /** Bytes passed. */
  void moved(long bytes);
}
