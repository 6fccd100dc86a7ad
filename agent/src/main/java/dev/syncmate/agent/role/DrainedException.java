// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;

/** The agent is leaving: the task is given back, and counts as no attempt. */
final class DrainedException extends TransferException {
  static final String REASON = "drained";

  DrainedException() {
    super(Disposition.RETRY, REASON, "the agent is leaving; the task goes to another");
  }
}
