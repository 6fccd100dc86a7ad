// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import org.jspecify.annotations.Nullable;

/** A profile or a task list that can't be used as it is; the message names the place in it. */
public final class InputException extends TransferException {
  /** Reason word of every such failure. */
  public static final String REASON = "input_invalid";

  InputException(String message) {
    this(message, null);
  }

  InputException(String message, @Nullable Throwable cause) {
    super(Disposition.STOP_AGENT, REASON, message, cause);
  }
}
