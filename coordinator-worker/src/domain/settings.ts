// SPDX-License-Identifier: Apache-2.0
/** What the operator chose. Times in milliseconds. */
export interface Settings {
  readonly leaseDurationMs: number;
  readonly heartbeatIntervalMs: number;
  readonly pollIntervalMs: number;
  /** Failed attempts of a task where it has failed on all hosts that reach it. */
  readonly attemptsMax: number;
  /** A task that failed on so many hosts has failed. */
  readonly failedHostsMax: number;
  readonly failBackoffMs: number;
  readonly domainTimeoutMs: number;
  /** 0: nothing is stolen. */
  readonly stealFactor: number;
  readonly stealMinMs: number;
}

/** Version of the contract that this build speaks. */
export const CONTRACT_VERSION = 1;

/** A back-off never grows beyond this. */
export const BACKOFF_MAX_MS = 5 * 60_000;

/** A host that can't reach a file isn't offered it again for so long. */
export const REFUSED_MS = 10 * 60_000;

/** A job at work is looked through for objects that no row knows so often. */
export const SWEEP_INTERVAL_MS = 60 * 60_000;

/** Between the beginnings of a job's recounts by cron. */
export const RECOUNT_INTERVAL_MS = 24 * 60 * 60_000;

/** A take is remembered for so long after its leases ended, to answer a late repeat. */
export const TAKE_MEMORY_MS = 60_000;

/** Closed sessions are forgotten after so long. */
export const SESSION_MEMORY_MS = 24 * 60 * 60_000;

/** Closed sessions are shown for so long. */
export const EXPIRED_SHOWN_MS = 60 * 60_000;
