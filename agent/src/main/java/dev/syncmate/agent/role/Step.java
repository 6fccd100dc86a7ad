// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import io.vertx.core.Future;

/** What a {@link PollLoop} repeats: one piece of work, if there is any. */
@FunctionalInterface
interface Step {
  /** Looks for work, in the given session, and does it; completes with whether there was any. */
  Future<Boolean> run(String session);
}
