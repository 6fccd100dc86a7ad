// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure that says what the caller must do about it.
 *
 * <p>Code switches on {@link #disposition()} or {@link #reason()}, people read the message: which
 * thing, what was found, what was expected, what to do next.
 */
public class TransferException extends RuntimeException {
  private final Reason reason;

  public TransferException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public TransferException(Reason reason, String message) {
    this(reason, message, null);
  }

  public final Disposition disposition() {
    return reason.disposition();
  }

  public final Reason reason() {
    return reason;
  }

  /** Whether it is this one, of whatever class a failure may be. */
  public static boolean isFor(Reason reason, @Nullable Throwable failure) {
    return failure instanceof TransferException transfer && transfer.reason == reason;
  }
}
