// SPDX-License-Identifier: Apache-2.0
import type { HostFailures, SessionRow, TaskRow } from './model';
import { BACKOFF_MAX_MS, type Settings } from './settings';

/**
 * What failures say of a task, and what of a host (docs/adr/0010).
 *
 * What fails on one host may be fine on another: a task is given up by the number of hosts on which it
 * failed, and each of them leaves it to the others for a while. Where different tasks fail one after
 * another, the host is to blame: it gets one now and then, until one succeeds.
 */

/** So many different tasks in a row, with no success in between, are the host's fault. */
export const FAILING_TASKS = 10;

/** A host on which everything fails gets one task in so long. */
export const PROBE_INTERVAL_MS = 60_000;

/** What is kept of the last error of a task or file. */
export const ERROR_CHARS_MAX = 1100;

const HOST_ERROR_CHARS_MAX = 300;

/** The failures of a task, with the one that is being reported. */
interface Failures {
  readonly attempts: number;
  readonly hosts: number;
  /** Whether a live host reaches it on which it has not failed. */
  readonly othersLeft: boolean;
}

/** With one more of that host. All that failed before leave the task to others until then. */
function withFailure(
  before: HostFailures,
  { host, error, until }: { host: string; error: string; until: number },
): HostFailures {
  const waiting = Object.entries(before).map(([each, found]) => [each, { ...found, until }]);
  return {
    ...(Object.fromEntries(waiting) as HostFailures),
    [host]: {
      attempts: (before[host]?.attempts ?? 0) + 1,
      until,
      error: error.slice(0, HOST_ERROR_CHARS_MAX),
    },
  };
}

/**
 * Whether nobody shall try again. As long as a host is left, attempts on the others don't decide; but one
 * that lives and never takes the task must not keep it going for ever.
 */
function isGivenUp(
  { attempts, hosts, othersLeft }: Failures,
  { attemptsMax, failedHostsMax }: Settings,
): boolean {
  return (
    hosts >= failedHostsMax ||
    (attempts >= attemptsMax && !othersLeft) ||
    attempts >= attemptsMax * failedHostsMax
  );
}

interface FailedOn {
  readonly host: string;
  readonly error: string;
  /** Whether a live host reaches it on which it has not failed. */
  readonly othersLeft: boolean;
  readonly settings: Settings;
  readonly now: number;
}

interface Counted extends Pick<TaskRow, 'attempts' | 'failures'> {
  readonly notBefore: number;
  readonly givenUp: boolean;
}

/** One failure more. After the back-off agents of other hosts have one poll to come before those on which it failed. */
export function countFailure(
  before: Pick<TaskRow, 'attempts' | 'failures'>,
  { host, error, othersLeft, settings, now }: FailedOn,
): Counted {
  const attempts = before.attempts + 1;
  const notBefore = now + backoffMs(attempts, settings.failBackoffMs);
  const until = notBefore + settings.pollIntervalMs;
  const failures = withFailure(before.failures, { host, error, until });
  const hosts = Object.keys(failures).length;
  const givenUp = isGivenUp({ attempts, hosts, othersLeft }, settings);
  return { attempts, notBefore, failures, givenUp };
}

export function backoffMs(attempts: number, baseMs: number): number {
  return Math.min(baseMs * 2 ** Math.max(attempts - 1, 0), BACKOFF_MAX_MS);
}

export const isFailing = ({ failingTasks }: Pick<SessionRow, 'failingTasks'>): boolean =>
  failingTasks >= FAILING_TASKS;
