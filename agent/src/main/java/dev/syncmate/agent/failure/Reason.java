// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Why something failed: what the caller does about it, and what a command exits with that ends with
 * it. {@link #word()} is its name in logs, in reports to the coordinator, and at the end of the
 * coordinator's problem types.
 */
public enum Reason {
  // The object store.
  STORE_UNAVAILABLE(Disposition.RETRY, ExitCode.UNREACHABLE),
  STORE_REFUSED(Disposition.FAIL_TASK),
  BUCKET_MISSING(Disposition.STOP_AGENT),
  ACCESS_DENIED(Disposition.STOP_AGENT),
  OBJECT_BAD(Disposition.RESEND),
  OBJECT_MISSING(Disposition.RESEND),
  OBJECT_TOO_LARGE(Disposition.FAIL_TASK),

  // The source.
  SOURCE_MISSING(Disposition.OTHER_HOST, ExitCode.LOCAL_IO),
  SOURCE_UNREADABLE(Disposition.OTHER_HOST, ExitCode.LOCAL_IO),
  READ_FAILED(Disposition.RETRY, ExitCode.LOCAL_IO),
  SOURCE_CHANGED(Disposition.FAIL_TASK),
  BAD_PATH(Disposition.FAIL_TASK),
  INPUT_INVALID(Disposition.STOP_AGENT),

  // Staging and target.
  NO_SPACE(Disposition.RETRY, ExitCode.LOCAL_IO),
  DISK_DENIED(Disposition.OTHER_HOST, ExitCode.LOCAL_IO),
  DISK_ERROR(Disposition.RETRY, ExitCode.LOCAL_IO),
  STAGING_BUSY(Disposition.RETRY),
  STAGING_MOVED(Disposition.RETRY),
  STAGING_LOST(Disposition.RESEND),
  TRANSFER_INVALID(Disposition.FAIL_TASK),
  TARGET_REFUSED(Disposition.FAIL_TASK),
  TARGET_UNAVAILABLE(Disposition.OTHER_HOST),
  TARGET_CHANGED(Disposition.FAIL_TASK),
  TARGET_MOVED(Disposition.RETRY),
  DIGEST_MISMATCH(Disposition.FAIL_TASK),
  PLACING_RECORD_BAD(Disposition.FAIL_TASK),

  // The coordinator, as seen from here.
  COORDINATOR_UNREACHABLE(Disposition.RETRY, ExitCode.UNREACHABLE),
  NOT_A_COORDINATOR(Disposition.STOP_AGENT),
  ANSWER_INVALID(Disposition.RETRY, ExitCode.UNREACHABLE),
  ANSWER_INCOMPLETE(Disposition.RETRY, ExitCode.UNREACHABLE),
  ANSWER_TOO_LARGE(Disposition.FAIL_TASK),
  /** A problem type that this version does not know. */
  PROBLEM_UNKNOWN(Disposition.FAIL_TASK),

  // Leases and the agent itself.
  LEASE_LOST(Disposition.ABANDON_LEASE),
  SESSION_MISSING(Disposition.RETRY),
  /** The agent is leaving: the task is given back, and counts as no attempt. */
  DRAINED(Disposition.RETRY),
  INTERRUPTED(Disposition.ABANDON_LEASE, ExitCode.INTERRUPTED),
  /** A fault of ours. */
  INTERNAL_ERROR(Disposition.RETRY, Origin.BOTH),

  // The coordinator's problem types: shared-schema/openapi.yaml, x-problem-types.
  MALFORMED_JSON(Disposition.FAIL_TASK, Origin.COORDINATOR),
  INVALID_REQUEST(Disposition.FAIL_TASK, Origin.BOTH),
  UNAUTHORIZED(Disposition.STOP_AGENT, Origin.BOTH),
  FORBIDDEN(Disposition.STOP_AGENT, Origin.COORDINATOR),
  ROLE_MISMATCH(Disposition.STOP_AGENT, Origin.COORDINATOR),
  AGENT_NAME_MISMATCH(Disposition.STOP_AGENT, Origin.COORDINATOR),
  NOT_FOUND(Disposition.STOP_AGENT, Origin.COORDINATOR),
  JOB_UNKNOWN(Disposition.FAIL_TASK, Origin.COORDINATOR),
  AGENT_UNKNOWN(Disposition.FAIL_TASK, Origin.COORDINATOR),
  TOKEN_UNKNOWN(Disposition.FAIL_TASK, Origin.COORDINATOR),
  METHOD_NOT_ALLOWED(Disposition.STOP_AGENT, Origin.COORDINATOR),
  SESSION_UNKNOWN(Disposition.ABANDON_LEASE, Origin.COORDINATOR),
  SESSION_CONFLICT(Disposition.STOP_AGENT, Origin.COORDINATOR),
  DOMAIN_CONFLICT(Disposition.STOP_AGENT, Origin.COORDINATOR),
  DESTINATION_MISMATCH(Disposition.FAIL_TASK, Origin.COORDINATOR),
  JOB_INCOMPLETE(Disposition.FAIL_TASK, Origin.COORDINATOR),
  JOB_CANCELLED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  TOKEN_CONFLICT(Disposition.FAIL_TASK, Origin.COORDINATOR),
  TOKEN_REVOKED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  BODY_TOO_LARGE(Disposition.FAIL_TASK, Origin.COORDINATOR),
  SLICE_EXCEEDS_WINDOW(Disposition.FAIL_TASK, ExitCode.USAGE, Origin.COORDINATOR),
  CONTRACT_UNSUPPORTED(Disposition.STOP_AGENT, Origin.COORDINATOR),
  RATE_LIMITED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  MISCONFIGURED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  OVERLOADED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  LEASE_STALE(Disposition.ABANDON_LEASE, Origin.COORDINATOR),
  OBJECT_MISMATCH(Disposition.FAIL_TASK, Origin.COORDINATOR),
  JOB_SEALED(Disposition.FAIL_TASK, Origin.COORDINATOR),
  FILE_CONFLICT(Disposition.FAIL_TASK, Origin.COORDINATOR),
  FILE_INVALID(Disposition.FAIL_TASK, ExitCode.USAGE, Origin.COORDINATOR),
  FILE_UNKNOWN(Disposition.FAIL_TASK, Origin.COORDINATOR),
  TASK_UNKNOWN(Disposition.FAIL_TASK, Origin.COORDINATOR);

  /** Who finds the reason. */
  private enum Origin {
    AGENT,
    COORDINATOR,
    BOTH
  }

  private static final Map<String, Reason> PROBLEMS =
      Arrays.stream(values())
          .filter(reason -> reason.origin != Origin.AGENT)
          .collect(Collectors.toUnmodifiableMap(Reason::word, Function.identity()));

  private final Disposition disposition;
  private final ExitCode exitCode;
  private final Origin origin;

  Reason(Disposition disposition) {
    this(disposition, Origin.AGENT);
  }

  Reason(Disposition disposition, ExitCode exitCode) {
    this(disposition, exitCode, Origin.AGENT);
  }

  /** Where nothing else is said: whoever must act did something wrong, or files were left. */
  Reason(Disposition disposition, Origin origin) {
    this(
        disposition,
        disposition == Disposition.STOP_AGENT ? ExitCode.USAGE : ExitCode.SOME_FAILED,
        origin);
  }

  Reason(Disposition disposition, ExitCode exitCode, Origin origin) {
    this.disposition = disposition;
    this.exitCode = exitCode;
    this.origin = origin;
  }

  /** What the caller must do. */
  public Disposition disposition() {
    return disposition;
  }

  /** What a command exits with that ends for this reason. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** Its stable snake_case name. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason of a problem type of the coordinator, given its last part; empty for a new one. */
  public static Optional<Reason> ofProblem(String word) {
    return Optional.ofNullable(PROBLEMS.get(word));
  }

  /** The last parts of all problem types that this version knows. */
  public static Iterable<String> problemWords() {
    return PROBLEMS.keySet();
  }
}
