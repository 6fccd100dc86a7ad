// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.coordinator;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import org.jspecify.annotations.Nullable;

/**
 * A call to the coordinator that was refused or not answered. The reason is the last part of the
 * problem type ({@code session_unknown}, {@code lease_stale}, {@code unauthorized}, …) or {@code
 * coordinator_unreachable}.
 */
public final class CoordinatorException extends TransferException {
  public CoordinatorException(
      Disposition disposition, String reason, String message, @Nullable Throwable cause) {
    super(disposition, reason, message, cause);
  }
}
