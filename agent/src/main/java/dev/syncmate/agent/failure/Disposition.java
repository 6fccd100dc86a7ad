// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

/** What the caller must do about a failure. */
public enum Disposition {
  /** Try again, here or elsewhere, after a back-off. */
  RETRY,
  /** This host can't; another may. */
  OTHER_HOST,
  /** The object in the store is wrong or gone; it must be sent again. */
  RESEND,
  /** The lease is no longer ours: stop, publish nothing, report nothing. */
  ABANDON_LEASE,
  /** No retry can help; an operator must act. */
  FAIL_TASK,
  /** Nothing this agent does can succeed: bad credentials, bad contract version. */
  STOP_AGENT
}
