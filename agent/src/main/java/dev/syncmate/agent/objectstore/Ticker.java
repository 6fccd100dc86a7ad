// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.objectstore;

import java.time.Duration;

/** Where a watch gets its time from. */
interface Ticker {
  /** Runs the action at every interval until the answer is run. */
  Runnable every(Duration interval, Runnable action);
}
