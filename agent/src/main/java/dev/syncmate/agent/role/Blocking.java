// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/** Runs work that waits for a disk, off the event loop; the future completes back on it. */
@FunctionalInterface
public interface Blocking {
  <T> Future<T> run(Callable<T> work);
}
