// SPDX-License-Identifier: Apache-2.0
import { FILE_STATES, TASK_STATES } from '../domain/model';
import type { JobRecount } from '../domain/store';
import { rows, statement } from './statement';
import { FINISH_JOBS } from './totals';

/**
 * Counts a job's rows: one pass over its tasks and files, about a second for a million. Reading and
 * repairing are one transaction, so nothing moves in between.
 */

/** The index of live jobs, and the few that are over but have objects left. */
const TO_COUNT = `
SELECT job_id FROM jobs WHERE state <> 'done' OR window_used_bytes > 0 ORDER BY job_no DESC LIMIT ?1`;

export async function jobsToCount(db: D1Database, limit: number): Promise<string[]> {
  const found = await rows<{ job_id: string }>(statement(db, TO_COUNT, [limit]));
  return found.map(({ job_id }) => job_id);
}

/** What each total is by the rows. Slices that were never cut are their file's, pending or failed. */
const COUNTED = `
  this AS (SELECT job_no FROM jobs WHERE job_id = ?1),
  found AS (
    SELECT 'task' AS what, t.state, count(*) AS n, sum(t.length_bytes) AS bytes,
           sum(CASE WHEN t.state IN ('uploading', 'uploaded', 'downloading')
               THEN t.length_bytes * ((t.object_key IS NOT NULL) + (t.rival_key IS NOT NULL)) ELSE 0 END) AS window
      FROM this CROSS JOIN files f ON f.job_no = this.job_no CROSS JOIN tasks t ON t.file_id = f.file_id
     GROUP BY t.state
    UNION ALL
    SELECT 'task', CASE f.state WHEN 'failed' THEN 'failed' ELSE 'pending' END,
           sum(f.slices_total - f.next_slice), sum(f.uncut_bytes), 0
      FROM this CROSS JOIN files f ON f.job_no = this.job_no
     WHERE f.slices_total > f.next_slice GROUP BY f.state = 'failed'
    UNION ALL
    SELECT 'file', f.state, count(*), sum(f.transfer_bytes), 0
      FROM this CROSS JOIN files f ON f.job_no = this.job_no GROUP BY f.state
    UNION ALL
    SELECT 'garbage', '', count(*), 0, sum(g.bytes)
      FROM this CROSS JOIN garbage g ON g.job_no = this.job_no)`;

const TOTALS = [
  ...TASK_STATES.flatMap((state) => [
    { total: `tasks_${state}`, what: 'task', state, part: 'n' },
    { total: `bytes_${state}`, what: 'task', state, part: 'bytes' },
  ]),
  ...FILE_STATES.flatMap((state) => [
    { total: `files_${state}`, what: 'file', state, part: 'n' },
    { total: `file_bytes_${state}`, what: 'file', state, part: 'bytes' },
  ]),
] as const;

const SUMS = [
  ...TOTALS.map(
    ({ total, what, state, part }) =>
      `coalesce(sum(CASE WHEN what = '${what}' AND state = '${state}' THEN ${part} END), 0) AS ${total}`,
  ),
  'coalesce(sum(window), 0) AS window_used_bytes',
].join(', ');

const NAMES = [...TOTALS.map(({ total }) => total), 'window_used_bytes'];

const KEPT = `SELECT ${NAMES.join(', ')}, window_bytes FROM jobs WHERE job_id = ?1`;
const COUNT = `WITH ${COUNTED} SELECT ${SUMS} FROM found`;

/** A window that is passed can't be written down (a CHECK holds it); it is reported. */
const REPAIR = `
WITH ${COUNTED}
UPDATE jobs SET ${TOTALS.map(({ total }) => `${total} = c.${total}`).join(', ')},
       window_used_bytes = min(c.window_used_bytes, window_bytes)
  FROM (SELECT ${SUMS} FROM found) c
 WHERE job_id = ?1`;

/** A closing session's leases are being taken back; an expired one's will be by the next take. */
const ORPHANS = `
SELECT 'task ' || t.file_id || '-' || t.slice_no || ' is ' || t.state || ', but its session '
       || coalesce(t.lease_session, 'none') || ' is not open' AS problem
  FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no CROSS JOIN tasks t ON t.file_id = f.file_id
 WHERE j.job_id = ?1 AND t.state IN ('uploading', 'downloading')
   AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.state IN ('open', 'closing')
                    AND (s.session_id = t.lease_session OR (t.rival_key IS NOT NULL AND s.session_id = t.rival_session)))
 LIMIT ?2`;

const DISAGREEING = `
SELECT 'file ' || file_id || ' is ' || state || ' with ' || next_slice || ' slices cut and ' || downloaded_slices
       || ' downloaded; its tasks are ' || tasks || ' and ' || downloaded AS problem
  FROM (SELECT f.file_id, f.state, f.next_slice, f.downloaded_slices, f.slices_total, count(t.file_id) AS tasks,
               coalesce(sum(t.state = 'downloaded'), 0) AS downloaded
          FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no LEFT JOIN tasks t ON t.file_id = f.file_id
         WHERE j.job_id = ?1 GROUP BY f.file_id)
 WHERE next_slice <> tasks OR downloaded_slices <> downloaded
    OR (state IN ('placing', 'done') AND downloaded <> slices_total) LIMIT ?2`;

type Totals = Record<string, number>;

const texts = (found: readonly unknown[]): string[] =>
  (found as readonly { problem: string }[]).map(({ problem }) => problem);

export async function recountJob(
  db: D1Database,
  jobId: string,
  options: { limit: number },
): Promise<JobRecount> {
  const values = [jobId, options.limit];
  const [kept, counted, orphans, disagreeing] = await db.batch<Totals>(
    [KEPT, COUNT, ORPHANS, DISAGREEING, REPAIR, FINISH_JOBS].map((sql) =>
      statement(db, sql, values),
    ),
  );
  const was: Totals = kept?.results[0] ?? {};
  const is: Totals = counted?.results[0] ?? {};
  const drift = NAMES.filter((total) => was[total] !== is[total]).map((total) => ({
    total,
    was: was[total] ?? 0,
    is: is[total] ?? 0,
  }));
  const [used, limit] = [is['window_used_bytes'] ?? 0, Number(was['window_bytes'] ?? 0)];
  return {
    drift,
    problems: [
      ...(used > limit ? [`objects have ${used} bytes (window: ${limit})`] : []),
      ...[orphans, disagreeing].flatMap((found) => texts(found?.results ?? [])),
    ],
  };
}
