// SPDX-License-Identifier: Apache-2.0
import { FAILING_TASKS, PROBE_INTERVAL_MS } from '../domain/failures';
import type { HostFailures } from '../domain/model';
import type { HostFailure } from '../generated/messages';
import { isLive, isReachedFrom, isWell, serves, sessionAs } from './conditions';

/** What hosts failed at. Kept in rows that a failure writes anyway; of a session, in its own. */

export const parseFailures = (json: string): HostFailures => JSON.parse(json) as HostFailures;

export function shownFailures(json: string): HostFailure[] {
  return Object.entries(parseFailures(json)).map(([host, { attempts, error }]) => ({
    host,
    attempts,
    last_error: error,
  }));
}

/** Needs :items, the transitions; :session, :now. */
export const COUNT_FAILED = `
UPDATE sessions SET probe_at = :now + ${PROBE_INTERVAL_MS}, failing_tasks = (
    SELECT json_group_array(id) FROM (
      SELECT value AS id FROM json_each(sessions.failing_tasks)
       UNION
      SELECT (i.value ->> 'fileId') || '-' || (i.value ->> 'sliceNo')
        FROM json_each(:items) i WHERE i.value ->> 'failures' IS NOT NULL
       LIMIT ${FAILING_TASKS}))
 WHERE session_id = :session`;

/** Writes nothing where nothing had failed: a success costs no row. Needs :session. */
export const FORGET_FAILED = `
UPDATE sessions SET failing_tasks = '[]' WHERE session_id = :session AND failing_tasks <> '[]'`;

/** Session `s` is of another host than :host, does what it is told, and has not failed at `t`. Needs :host, :now. */
const hasNotTried = (t: string) => `
   ${isLive('s')} AND s.host <> :host AND s.directive = 'work' AND ${isWell('s')}
   AND NOT EXISTS (SELECT 1 FROM json_each(${t}.failures) x WHERE x.key = s.host)`;

/**
 * Whether a live host that may take the task has not failed at it. Hosts that are told to wait, or on
 * which everything fails, don't count, nor do those that reach its zone at a higher cost than others.
 * Needs :refs, :host, :now.
 */
export const UNTRIED = `
SELECT t.file_id, t.slice_no
  FROM json_each(:refs) i
 CROSS JOIN tasks t ON t.file_id = (i.value ->> 'fileId') AND t.slice_no = (i.value ->> 'sliceNo')
  JOIN files f ON f.file_id = t.file_id
  JOIN zones z ON z.zone_no = t.zone_no
  JOIN jobs j ON j.job_no = t.job_no
 WHERE EXISTS (
   SELECT 1 FROM sessions s
    WHERE ${hasNotTried('t')}
      AND CASE t.state
            WHEN 'uploading' THEN s.role <> 'recv' AND z.zone IN (SELECT value FROM json_each(s.zones))
            ELSE s.role <> 'send' AND s.domain = f.domain AND ${serves(sessionAs('s'), 'j')} END
      AND ${isReachedFrom('s.host')})`;

/** The same of placing a file. Needs :ids, :host, :now. */
export const UNTRIED_FILES = `
SELECT f.file_id FROM json_each(:ids) i CROSS JOIN files f ON f.file_id = i.value
  JOIN jobs j ON j.job_no = f.job_no
 WHERE EXISTS (SELECT 1 FROM sessions s
                WHERE ${hasNotTried('f')} AND s.role <> 'send' AND s.domain = f.domain
                  AND ${serves(sessionAs('s'), 'j')})`;
