// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The request id of a take: the same until the take is answered, so that what a lost answer handed
 * out is handed out again instead of staying leased to a session that doesn't know of it.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
final class TakeId {
  private @Nullable String unanswered;

  /** The id to ask with. */
  String get() {
    String id = unanswered == null ? UUID.randomUUID().toString() : unanswered;
    unanswered = id;
    return id;
  }

  /** The take was answered, or can't be repeated: the next one is another. */
  void done() {
    unanswered = null;
  }
}
