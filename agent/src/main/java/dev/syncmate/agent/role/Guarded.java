// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of code that a loop does not know, which may throw. Thrown through a loop it would stop
 * that loop for ever, as nothing would set its next timer.
 */
final class Guarded {
  private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

  private Guarded() {}

  /** Makes the call; what it throws fails it like any other failure. */
  static <T> Future<T> call(Supplier<Future<T>> call) {
    return Future.succeededFuture().compose(ready -> call.get());
  }

  /** Tells somebody who has no say in it; what it throws is logged. */
  static void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.warn("listener.failed cause={}", e.toString());
      LOG.debug("listener.failed", e);
    }
  }
}
