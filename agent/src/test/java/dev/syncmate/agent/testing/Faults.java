// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import java.io.IOException;

/** Throws what a test wants thrown. */
final class Faults {
  private Faults() {}

  static void raise(Exception error, Runnable before) throws IOException {
    if (error == null) {
      return;
    }
    before.run();
    if (error instanceof IOException io) {
      throw io;
    }
    throw (RuntimeException) error;
  }
}
