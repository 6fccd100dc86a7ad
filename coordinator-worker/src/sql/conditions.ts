// SPDX-License-Identifier: Apache-2.0
import { FAILING_TASKS } from '../domain/failures';
import type { SessionRow } from '../domain/model';

/**
 * Conditions that many statements share: each of an alias, with the names that it needs. Those that a partial
 * index holds repeat it word for word, or it would not serve.
 */

/** Session `s` is open and not expired. Needs :now. */
export const isLive = (s: string) => `${s}.state = 'open' AND ${s}.expires_at > :now`;

/** The caller's session. Needs :session, :now. */
export const CALLER_IS_LIVE = `EXISTS (
  SELECT 1 FROM sessions WHERE session_id = :session AND ${isLive('sessions')})`;

/** Session `s` succeeded at something lately. */
export const isWell = (s: string) =>
  `NOT json_array_length(${s}.failing_tasks) >= ${FAILING_TASKS}`;

/** File `f` is not refused to that host. Needs :now. */
export const isReachedFrom = (host: string) => `NOT EXISTS (
  SELECT 1 FROM json_each(f.refused) r WHERE r.key = ${host} AND r.value > :now)`;

/** What `refused` of files becomes when the session's host can't reach one until then. Needs :session. */
export const refusedUntil = (time: string) =>
  `json_patch(refused, json_object((SELECT host FROM sessions WHERE session_id = :session), ${time}))`;

/** Needs :session. */
export const CALLER_IS_KNOWN = 'EXISTS (SELECT 1 FROM sessions WHERE session_id = :session)';

/** Task or file `t` doesn't wait for another host than :host to try it. Needs :host, :now. */
export const isNotLeftToOthers = (t: string) => `NOT EXISTS (
  SELECT 1 FROM json_each(${t}.failures) x WHERE x.key = :host AND x.value ->> 'until' > :now)`;

/** Of a task `t`. Needs :host, :now. */
export const NOT_LEFT_TO_OTHERS = isNotLeftToOthers('t');

/** The job of file `f`. Jobs that are held back are few, those that run may be many. */
export const JOB_RUNS = `f.job_no NOT IN (SELECT job_no FROM jobs WHERE control <> 'run')`;

/** Of a receiver: columns of its session, or names of values. */
interface Receiver {
  readonly destination: string;
  readonly domain: string;
  readonly folder: string;
}

export const sessionAs = (s: string): Receiver => ({
  destination: `${s}.destination`,
  domain: `${s}.domain`,
  folder: `${s}.target_folder_id`,
});

/** Job `j` is that receiver's: its destination's, and, in the domain that claimed it, its folder's. */
export const serves = ({ destination, domain, folder }: Receiver, j: string) =>
  `${j}.destination = ${destination} AND (${j}.claimed_domain <> ${domain} OR ${j}.claimed_folder IS ${folder})`;

/** Needs :destination, :domain, :folder. */
export const CALLER: Receiver = {
  destination: ':destination',
  domain: ':domain',
  folder: ':folder',
};

/** The values of these names. */
export const receiverValues = ({
  destination,
  domain,
  targetFolderId,
}: Pick<SessionRow, 'destination' | 'domain' | 'targetFolderId'>) => ({
  destination,
  domain,
  folder: targetFolderId,
});

/** Slices of file `f` were handed out: index files_begun. */
export const isBegun = (f: string) => `${f}.state = 'transferring' AND ${f}.next_slice > 0`;

/** Slices of file `f` were never handed out: index files_uncut. */
export const isUncut = (f: string) =>
  `${f}.state = 'transferring' AND ${f}.next_slice < ${f}.slices_total`;

/** The number of the job that has this id. */
export const jobNo = (id: string) => `(SELECT job_no FROM jobs WHERE job_id = ${id})`;

/** The end of a SELECT of a page, newest first. Needs :after, :limit. */
export const newestFirst = (id: string, after = ':after') =>
  `WHERE :after IS NULL OR ${id} < ${after} ORDER BY ${id} DESC LIMIT :limit`;
