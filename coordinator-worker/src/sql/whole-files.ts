// SPDX-License-Identifier: Apache-2.0
import { updateTotals } from './totals';

/**
 * Moves that take a file's tasks along: a file fails, comes back, or starts again. Groups are settled after them,
 * jobs finished.
 *
 * `guard` is a SELECT of GUARDED and what else a move needs: the files it is about. Each statement evaluates it
 * again, so no statement but the last may make it false. All need what the guard needs.
 */

export const GUARDED = `
       f.file_id, f.job_no, f.state AS was, f.transfer_bytes, f.next_slice, f.slices_total, f.uncut_bytes`;

/** Needs :now, :later, which are a lease apart; what a sweep deletes is two leases old. */
export const LATE_UNTIL = ':now + 3 * (:later - :now)';

const TASKS_OF_HIT = 'hit CROSS JOIN tasks t ON t.file_id = hit.file_id';

const tasksMoved = (becomes: string, which: string) => `
      SELECT t.job_no, 'task' AS what, t.state AS was, '${becomes}' AS becomes, count(*) AS n, sum(t.length_bytes) AS bytes
        FROM ${TASKS_OF_HIT} WHERE ${which} GROUP BY t.job_no, t.state`;

const uncutMoved = (was: string, becomes: string) => `
      SELECT job_no, 'task', '${was}', '${becomes}', slices_total - next_slice, uncut_bytes FROM hit
       WHERE slices_total > next_slice`;

/** Needs :now, and :later: the time from which an object that somebody may still be writing or reading can be deleted. */
const GARBAGE = `
INSERT INTO garbage (object_key, job_no, bytes, not_before)
SELECT t.object_key, t.job_no, t.length_bytes, CASE t.state WHEN 'uploaded' THEN :now ELSE :later END
  FROM ${TASKS_OF_HIT}
 WHERE t.state IN ('uploading', 'uploaded', 'downloading') AND t.object_key IS NOT NULL
UNION ALL
SELECT t.rival_key, t.job_no, t.length_bytes, :later
  FROM ${TASKS_OF_HIT}
 WHERE t.state = 'uploading' AND t.rival_key IS NOT NULL`;

/** The guard selects an `error` too. Needs :now, :later. */
export function failFiles(guard: string): string[] {
  const hit = `hit AS (${guard})`;
  return [
    updateTotals(`${hit}, moved AS (${tasksMoved('failed', "t.state NOT IN ('downloaded', 'failed')")}
      UNION ALL ${uncutMoved('pending', 'failed')}
      UNION ALL SELECT job_no, 'file', was, 'failed', 1, transfer_bytes FROM hit)`),
    `WITH ${hit} ${GARBAGE}`,
    `WITH ${hit} UPDATE tasks SET state = 'failed', lease_session = NULL, object_key = NULL, sha256 = NULL,
        rival_session = NULL, rival_epoch = NULL, rival_key = NULL
      WHERE file_id IN (SELECT file_id FROM hit) AND state NOT IN ('downloaded', 'failed')`,
    `WITH ${hit} UPDATE files SET state = 'failed', lease_session = NULL, held = 0, last_error = hit.error
       FROM hit WHERE files.file_id = hit.file_id`,
  ];
}

/**
 * Failed files go on from where they were; what was received stays. Where the source changed the slices alone shall
 * prove that they are of one state: it may only have been touched. The guard selects
 * what each `becomes` too.
 */
export function reviveFiles(guard: string): string[] {
  const hit = `hit AS (${guard})`;
  return [
    updateTotals(`${hit}, moved AS (${tasksMoved('pending', "t.state = 'failed'")}
      UNION ALL ${uncutMoved('failed', 'pending')}
      UNION ALL SELECT job_no, 'file', 'failed', becomes, 1, transfer_bytes FROM hit)`),
    `WITH ${hit} UPDATE tasks SET state = 'pending', attempts = 0, not_before = 0, failures = '{}'
      WHERE file_id IN (SELECT file_id FROM hit) AND +state = 'failed'`,
    `WITH ${hit} UPDATE jobs SET state = CASE state WHEN 'done' THEN 'active' ELSE state END, sweep_at = coalesce(sweep_at, 0),
        control = CASE control WHEN 'cancelled' THEN 'run' ELSE control END
      WHERE job_no IN (SELECT job_no FROM hit)`,
    `WITH ${hit} UPDATE files SET state = hit.becomes, restarts = 0, refused = '{}', attempts = 0, failures = '{}',
        source_stamp = CASE WHEN unproved = 0 THEN source_stamp END,
        held = hit.becomes = 'placing' AND publish_group IS NOT NULL
       FROM hit WHERE files.file_id = hit.file_id`,
  ];
}

/** All slices are to be sent again; epochs go on above those of the former life. As for failFiles: `error`, :now, :later. */
export function restartFiles(guard: string): string[] {
  const hit = `hit AS (${guard})`;
  return [
    updateTotals(`${hit}, moved AS (${tasksMoved('pending', "t.state <> 'pending'")}
      UNION ALL
      SELECT job_no, 'file', was, 'transferring', 1, transfer_bytes FROM hit WHERE was <> 'transferring')`),
    `WITH ${hit} ${GARBAGE}`,
    `WITH ${hit} UPDATE files SET epoch_floor =
        max(epoch_floor, (SELECT coalesce(max(t.lease_epoch), 0) FROM tasks t WHERE t.file_id = files.file_id))
      WHERE file_id IN (SELECT file_id FROM hit)`,
    `WITH ${hit} DELETE FROM tasks WHERE file_id IN (SELECT file_id FROM hit)`,
    `WITH ${hit} UPDATE files SET state = 'transferring', next_slice = 0, uncut_bytes = files.transfer_bytes,
        downloaded_slices = 0, downloaded_bytes = 0, domain = '', lease_session = NULL, held = 0, attempts = 0, failures = '{}',
        source_stamp = NULL, unproved = 0, restarts = restarts + 1, last_error = hit.error
       FROM hit WHERE files.file_id = hit.file_id`,
  ];
}
