// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.role;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.schema.FailedTask;
import dev.syncmate.schema.FailureKind;
import dev.syncmate.schema.Lease;
import java.util.Optional;

/** What the coordinator is told about a slice that was not moved. */
final class Failures {
  private static final int DETAIL_MAX = 1000;

  private Failures() {}

  /**
   * The report on a failure; empty when the lease is not ours any more: nothing is reported then.
   */
  static Optional<FailedTask> toFailedTask(Lease lease, Throwable cause) {
    if (cause instanceof TransferException e) {
      if (e.disposition() == Disposition.ABANDON_LEASE) {
        return Optional.empty();
      }
      return Optional.of(report(lease, kind(e), e.reason(), message(e)));
    }
    // A bug here must not fail the file for ever: another host, or a later version, may do it.
    return Optional.of(report(lease, FailureKind.RETRY, Reason.INTERNAL_ERROR, cause.toString()));
  }

  private static FailureKind kind(TransferException e) {
    if (e.reason() == Reason.SOURCE_CHANGED) {
      // Another host may still have what the file's other slices were read from.
      return FailureKind.SOURCE_OTHER;
    }
    return switch (e.disposition()) {
      case OTHER_HOST, STOP_AGENT -> unreachable(e.reason());
      case RESEND -> FailureKind.OBJECT_BAD;
      case FAIL_TASK -> FailureKind.PERMANENT;
      case RETRY, ABANDON_LEASE -> FailureKind.RETRY;
    };
  }

  /** A folder that is there and refuses us is an attempt: uncounted it would never end. */
  private static FailureKind unreachable(Reason reason) {
    return reason == Reason.DISK_DENIED ? FailureKind.RETRY : FailureKind.UNREACHABLE;
  }

  private static FailedTask report(Lease lease, FailureKind kind, Reason reason, String detail) {
    return new FailedTask(
        lease.taskId(),
        lease.leaseEpoch(),
        kind,
        reason.word(),
        detail.substring(0, Math.min(detail.length(), DETAIL_MAX)));
  }

  private static String message(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
