// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure that says what the caller must do about it.
 *
 * <p>Code switches on {@link #disposition()}, people read the message: which thing, what was found,
 * what was expected, what to do next. {@link #reason()} is a stable snake_case word for logs and
 * the coordinator.
 */
public class TransferException extends RuntimeException {
  private final Disposition disposition;
  private final String reason;

  public TransferException(
      Disposition disposition, String reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.disposition = disposition;
    this.reason = reason;
  }

  public TransferException(Disposition disposition, String reason, String message) {
    this(disposition, reason, message, null);
  }

  public final Disposition disposition() {
    return disposition;
  }

  public final String reason() {
    return reason;
  }
}
