// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.input;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import org.jspecify.annotations.Nullable;

/** A profile or a task list that can't be used as it is; the message names the place in it. */
public final class InputException extends TransferException {
  public InputException(String message) {
    this(message, null);
  }

  public InputException(String message, @Nullable Throwable cause) {
    super(Reason.INPUT_INVALID, message, cause);
  }
}
