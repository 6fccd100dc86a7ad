// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import org.jspecify.annotations.Nullable;

/** A profile or a task list that can't be used as it is; the message names the place in it. */
public final class InputException extends TransferException {
  InputException(String message) {
    this(message, null);
  }

  InputException(String message, @Nullable Throwable cause) {
    super(Reason.INPUT_INVALID, message, cause);
  }
}
