// SPDX-License-Identifier: Apache-2.0
import { FAILING_TASKS, PROBE_INTERVAL_MS } from '../domain/failures';
import type { HostFailures, TaskRef } from '../domain/model';
import { taskId } from '../domain/names';
import type { TaskStatus } from '../generated/messages';
import { rows, statement } from './statement';

/** What hosts failed at. Kept in rows that a failure writes anyway; of a session, in its own. */

export const parseFailures = (json: string): HostFailures => JSON.parse(json) as HostFailures;

export function shownFailures(json: string): TaskStatus['failures'] {
  return Object.entries(parseFailures(json)).map(([host, { attempts, error }]) => ({
    host,
    attempts,
    last_error: error,
  }));
}

/** Task `t` doesn't wait for another host than ?8 to try it. ?4 now. */
export const NOT_LEFT_TO_OTHERS = `NOT EXISTS (
  SELECT 1 FROM json_each(t.failures) x WHERE x.key = ?8 AND x.value ->> 'until' > ?4)`;

const FAILING = (session: string) =>
  `json_array_length(${session}.failing_tasks) >= ${FAILING_TASKS}`;

export const NOT_FAILING = (session: string) => `NOT ${FAILING(session)}`;

/** Values as in task-moves.ts: ?1 transitions, ?2 session, ?3 now. */
export const COUNT_FAILED = `
UPDATE sessions SET probe_at = ?3 + ${PROBE_INTERVAL_MS}, failing_tasks = (
    SELECT json_group_array(id) FROM (
      SELECT value AS id FROM json_each(sessions.failing_tasks)
       UNION
      SELECT (i.value ->> 'fileId') || '-' || (i.value ->> 'sliceNo')
        FROM json_each(?1) i WHERE i.value ->> 'failures' IS NOT NULL
       LIMIT ${FAILING_TASKS}))
 WHERE session_id = ?2`;

/** Writes nothing where nothing had failed: a success costs no row. */
export const FORGET_FAILED = `
UPDATE sessions SET failing_tasks = '[]' WHERE session_id = ?2 AND failing_tasks <> '[]'`;

/**
 * Whether a live host that may take the task has not failed at it. Hosts that are told to wait, or on
 * which everything fails, don't count, nor do those that reach its zone at a higher cost than others.
 */
const UNTRIED = `
SELECT t.file_id, t.slice_no
  FROM json_each(?1) i
 CROSS JOIN tasks t ON t.file_id = (i.value ->> 'fileId') AND t.slice_no = (i.value ->> 'sliceNo')
  JOIN files f ON f.file_id = t.file_id
  JOIN zones z ON z.zone_no = t.zone_no
 WHERE EXISTS (
   SELECT 1 FROM sessions s
    WHERE s.state = 'open' AND s.expires_at > ?2 AND s.host <> ?3 AND s.directive = 'work'
      AND ${NOT_FAILING('s')}
      AND CASE t.state
            WHEN 'uploading' THEN s.role <> 'recv' AND z.zone IN (SELECT value FROM json_each(s.zones))
            ELSE s.role <> 'send' AND s.domain = f.domain END
      AND NOT EXISTS (SELECT 1 FROM json_each(f.refused) r WHERE r.key = s.host AND r.value > ?2)
      AND NOT EXISTS (SELECT 1 FROM json_each(t.failures) x WHERE x.key = s.host))`;

export async function untriedElsewhere(
  db: D1Database,
  refs: readonly TaskRef[],
  host: string,
  now: number,
): Promise<ReadonlySet<string>> {
  const found = await rows<{ file_id: number; slice_no: number }>(
    statement(db, UNTRIED, [JSON.stringify(refs), now, host]),
  );
  return new Set(found.map((row) => taskId({ fileId: row.file_id, sliceNo: row.slice_no })));
}

const NOTE_PROBE = `UPDATE sessions SET probe_at = ?2 WHERE session_id = ?1`;

export async function noteProbe(db: D1Database, sessionId: string, nextAt: number): Promise<void> {
  await statement(db, NOTE_PROBE, [sessionId, nextAt]).run();
}
