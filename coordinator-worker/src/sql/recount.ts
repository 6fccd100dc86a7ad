// SPDX-License-Identifier: Apache-2.0
import { FILE_STATES, TASK_STATES, WHOLE_FILE } from '../domain/model';
import type { JobRecount, JobReport, RecountPart } from '../domain/store';
import { ADD_TO_TALLIES, TASK_WINDOW, TRIGGERS, UNCUT_STATE } from './recount-triggers';
import { rows, statement, transaction } from './statement';
import { FINISH_JOBS } from './totals';

/**
 * Counts a job's rows, part by part, while they move: its files by planned path, each with its tasks. A part is
 * one short transaction, so that takes wait for none of them long; what moves behind it is added by triggers
 * (recount-triggers.ts). When no file is left, the tallies are the truth of that moment, and become the totals.
 *
 * Values: ?1 job, ?2 most files of a part, ?3 most tasks (and one file more).
 */

/** Jobs at work, and the few that are over but have objects left. */
const MATTERS = `(j.state <> 'done' OR j.window_used_bytes > 0)`;

const TO_COUNT = `
SELECT j.job_id FROM jobs j
 WHERE ${MATTERS} AND (?1 IS NULL OR j.job_no <= (SELECT job_no FROM jobs WHERE job_id = ?1))
 ORDER BY j.job_no DESC LIMIT ?2`;

export async function jobsToCount(
  db: D1Database,
  query: { from: string | null; limit: number },
): Promise<string[]> {
  const found = await rows<{ job_id: string }>(statement(db, TO_COUNT, [query.from, query.limit]));
  return found.map(({ job_id }) => job_id);
}

/** The one that is under way goes first. */
const DUE = `
SELECT job_id FROM (
  SELECT 0 AS place, j.job_no, j.job_id FROM recounts r CROSS JOIN jobs j ON j.job_no = r.job_no
   WHERE r.upto IS NOT NULL
  UNION ALL
  SELECT 1, j.job_no, j.job_id FROM jobs j LEFT JOIN recounts r ON r.job_no = j.job_no
   WHERE ${MATTERS} AND coalesce(r.started_at, 0) <= ?1)
 ORDER BY place, job_no DESC LIMIT 1`;

export async function jobDueForRecount(
  db: D1Database,
  startedBefore: number,
): Promise<string | null> {
  const [found] = await rows<{ job_id: string }>(statement(db, DUE, [startedBefore]));
  return found?.job_id ?? null;
}

/** Goes on with a count that is under way. */
const BEGIN = [
  ...TRIGGERS,
  `DELETE FROM recount_tallies WHERE job_no = (SELECT job_no FROM jobs WHERE job_id = ?1)
      AND NOT EXISTS (SELECT 1 FROM recounts r WHERE r.job_no = recount_tallies.job_no AND r.upto IS NOT NULL)`,
  `INSERT INTO recounts (job_no, upto, started_at) SELECT job_no, '', ?2 FROM jobs WHERE job_id = ?1
   ON CONFLICT (job_no) DO UPDATE SET upto = '', started_at = excluded.started_at, found = '[]'
     WHERE recounts.upto IS NULL`,
];

export async function beginRecount(db: D1Database, jobId: string, now: number): Promise<void> {
  await transaction(
    db,
    BEGIN.map((sql) => statement(db, sql, [jobId, now])),
  );
}

const THIS = `this AS (
  SELECT r.job_no, r.upto FROM jobs j CROSS JOIN recounts r ON r.job_no = j.job_no
   WHERE j.job_id = ?1 AND r.upto IS NOT NULL)`;

const NEXT = `${THIS}, next AS (
  SELECT f.* FROM (
    SELECT file_id, sum(next_slice) OVER (ORDER BY planned_path ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS tasks
      FROM (SELECT f.file_id, f.planned_path, f.next_slice
              FROM this CROSS JOIN files f ON f.job_no = this.job_no AND f.planned_path > this.upto
             ORDER BY f.planned_path LIMIT ?2)) n
   CROSS JOIN files f ON f.file_id = n.file_id
   WHERE coalesce(n.tasks, 0) < ?3)`;

/** Beside a file's counters what its tasks say; uncut bytes only where all of its cut slices are there. */
const COMPARED = `compared AS (
  SELECT n.file_id, n.state, n.slices_total, n.next_slice, n.downloaded_slices, n.downloaded_bytes, n.uncut_bytes,
         count(t.file_id) AS tasks, coalesce(sum(t.state = 'downloaded'), 0) AS arrived,
         coalesce(sum(iif(t.state = 'downloaded', t.length_bytes, 0)), 0) AS arrived_bytes,
         iif(count(t.file_id) = n.next_slice AND n.slices_total > 0,
             n.transfer_bytes - coalesce(sum(t.length_bytes), 0), n.uncut_bytes) AS left_bytes
    FROM next n LEFT JOIN tasks t ON t.file_id = n.file_id GROUP BY n.file_id),
  wrong AS (
    SELECT * FROM compared
     WHERE (downloaded_slices, downloaded_bytes, uncut_bytes) <> (arrived, arrived_bytes, left_bytes))`;

/** A closing session's leases are being taken back; an expired one's will be by the next take. */
const GONE = (session: string) =>
  `NOT EXISTS (SELECT 1 FROM sessions s WHERE s.session_id = ${session} AND s.state IN ('open', 'closing'))`;

/** Attempts, of holders and rivals, that no session will ever report. */
const LOST = `lost AS (
  SELECT t.file_id, t.slice_no, t.state, t.lease_session AS session_id, t.lease_epoch AS epoch
    FROM next n CROSS JOIN tasks t ON t.file_id = n.file_id
   WHERE t.state IN ('uploading', 'downloading') AND t.object_key IS NOT NULL AND ${GONE('t.lease_session')}
  UNION ALL
  SELECT t.file_id, t.slice_no, t.state, t.rival_session, t.rival_epoch
    FROM next n CROSS JOIN tasks t ON t.file_id = n.file_id
   WHERE t.state = 'uploading' AND t.rival_key IS NOT NULL AND ${GONE('t.rival_session')}
  UNION ALL
  SELECT n.file_id, ${WHOLE_FILE}, n.state, n.lease_session, n.lease_epoch FROM next n
   WHERE n.state IN ('unresolved', 'placing') AND n.lease_session IS NOT NULL AND ${GONE('n.lease_session')})`;

const FINDINGS_MAX = 40;

const NOTE = `
WITH ${NEXT}, ${COMPARED}, ${LOST}, findings AS (
  SELECT 'repaired' AS kind, 'file ' || file_id || ': ' || downloaded_slices || ' slices (' || downloaded_bytes
         || ' bytes) downloaded, ' || uncut_bytes || ' bytes uncut -> ' || arrived || ' (' || arrived_bytes || '), '
         || left_bytes AS text FROM wrong
  UNION ALL
  SELECT iif(session_id IS NULL, 'problem', 'repaired'),
         iif(slice_no < 0, 'file ' || file_id, 'task ' || file_id || '-' || slice_no) || ' is ' || state
         || ', but its session ' || coalesce(session_id, 'none') || ' is not open'
         || iif(session_id IS NULL, '', ' -> given back') FROM lost
  UNION ALL
  SELECT 'problem', 'file ' || file_id || ' is ' || state || ' with ' || next_slice || ' of ' || slices_total
         || ' slices cut; it has ' || tasks || ' tasks, ' || arrived || ' of them downloaded'
    FROM compared
   WHERE next_slice <> tasks OR (state IN ('placing', 'done') AND arrived <> slices_total)
      OR (state = 'transferring' AND arrived = slices_total))
UPDATE recounts SET found = (
    SELECT json_group_array(json(value)) FROM (
      SELECT value FROM json_each(found) UNION ALL SELECT json_array(kind, text) FROM findings LIMIT ${FINDINGS_MAX}))
 WHERE job_no = (SELECT job_no FROM this) AND EXISTS (SELECT 1 FROM findings)`;

const REPAIR_FILES = `
WITH ${NEXT}, ${COMPARED}
UPDATE files SET downloaded_slices = w.arrived, downloaded_bytes = w.arrived_bytes, uncut_bytes = w.left_bytes
  FROM wrong w WHERE files.file_id = w.file_id AND w.left_bytes >= 0`;

const COUNT = `
WITH ${NEXT}
INSERT INTO recount_tallies (job_no, what, state, n, bytes, window_bytes)
SELECT job_no, what, state, sum(n), sum(bytes), sum(window_bytes) FROM (
  SELECT n.job_no, 'task' AS what, t.state, count(*) AS n, sum(t.length_bytes) AS bytes,
         sum(${TASK_WINDOW('t')}) AS window_bytes
    FROM next n CROSS JOIN tasks t ON t.file_id = n.file_id GROUP BY n.job_no, t.state
  UNION ALL
  SELECT n.job_no, 'task', ${UNCUT_STATE('n')}, n.slices_total - n.next_slice, n.uncut_bytes, 0 FROM next n
  UNION ALL
  SELECT n.job_no, 'file', n.state, 1, n.transfer_bytes, 0 FROM next n)
 WHERE true GROUP BY job_no, what, state ${ADD_TO_TALLIES}`;

/** The last one: it moves the mark from which all the others see what is next. */
const ADVANCE = `
WITH ${NEXT}
UPDATE recounts SET upto = (SELECT max(planned_path) FROM next)
 WHERE job_no = (SELECT job_no FROM this) AND EXISTS (SELECT 1 FROM next) RETURNING upto`;

const LOST_HERE = `WITH ${NEXT}, ${LOST} SELECT * FROM lost WHERE session_id IS NOT NULL LIMIT 500`;

interface StoredLease {
  file_id: number;
  slice_no: number;
  session_id: string;
  epoch: number;
}

export async function recountPart(
  db: D1Database,
  jobId: string,
  most: { files: number; tasks: number },
): Promise<RecountPart> {
  const values = [jobId, most.files, most.tasks];
  const results = await db.batch<StoredLease>(
    [LOST_HERE, NOTE, REPAIR_FILES, COUNT, ADVANCE].map((sql) => statement(db, sql, values)),
  );
  return {
    more: (results.at(-1)?.results.length ?? 0) > 0,
    lost: (results[0]?.results ?? []).map((row) => ({
      fileId: row.file_id,
      sliceNo: row.slice_no,
      sessionId: row.session_id,
      epoch: row.epoch,
    })),
  };
}

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

const NAMES = [...TOTALS.map(({ total }) => total), 'window_used_bytes'];

/** A file may have come since the last part: then it isn't over yet. */
const OVER = `${THIS}, over AS (
  SELECT job_no FROM this
   WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.job_no = this.job_no AND f.planned_path > this.upto))`;

const COUNTED = `${OVER}, counted AS (
  SELECT ${TOTALS.map(
    ({ total, what, state, part }) =>
      `coalesce(sum(iif(t.what = '${what}' AND t.state = '${state}', t.${part}, 0)), 0) AS ${total}`,
  ).join(', ')},
         coalesce(sum(t.window_bytes), 0)
         + coalesce((SELECT sum(g.bytes) FROM garbage g WHERE g.job_no = over.job_no), 0) AS window_used_bytes
    FROM over LEFT JOIN recount_tallies t ON t.job_no = over.job_no GROUP BY over.job_no)`;

const KEPT = `
WITH ${OVER}
SELECT ${NAMES.map((name) => `j.${name}`).join(', ')}, j.window_bytes, r.found
  FROM over CROSS JOIN jobs j ON j.job_no = over.job_no CROSS JOIN recounts r ON r.job_no = over.job_no`;

/** A window that is passed can't be written down (a CHECK holds it); it is reported. */
const REPAIR = `
WITH ${COUNTED}
UPDATE jobs SET ${TOTALS.map(({ total }) => `${total} = c.${total}`).join(', ')},
       window_used_bytes = min(c.window_used_bytes, window_bytes)
  FROM counted c WHERE jobs.job_id = ?1`;

const END = `
WITH ${OVER} UPDATE recounts SET upto = NULL, finished_at = ?2 WHERE job_no IN (SELECT job_no FROM over)`;

type Totals = Record<string, number>;

export async function finishRecount(
  db: D1Database,
  jobId: string,
  now: number,
): Promise<JobRecount | null> {
  const [kept, counted] = await db.batch<Totals & { found: string }>(
    [KEPT, `WITH ${COUNTED} SELECT * FROM counted`, REPAIR, FINISH_JOBS, END].map((sql) =>
      statement(db, sql, [jobId, now]),
    ),
  );
  const [was, is] = [kept?.results[0], counted?.results[0]];
  if (was === undefined || is === undefined) return null;
  const found = JSON.parse(was.found) as ['repaired' | 'problem', string][];
  const texts = (wanted: string) =>
    found.filter(([kind]) => kind === wanted).map(([, text]) => text);
  const drift = NAMES.filter((name) => was[name] !== is[name]).map(
    (name) => `${name} ${was[name]} -> ${is[name]}`,
  );
  const [used, limit] = [is['window_used_bytes'] ?? 0, was['window_bytes'] ?? 0];
  return {
    repaired: [...texts('repaired'), ...drift],
    problems: [
      ...(used > limit ? [`objects have ${used} bytes (window: ${limit})`] : []),
      ...texts('problem'),
    ],
  };
}

/** After the end: were it lost, the repairs would stand and only go untold. */
const REPORT = `
UPDATE recounts SET repaired = ?2, problems = ?3
 WHERE job_no = (SELECT job_no FROM jobs WHERE job_id = ?1) AND upto IS NULL`;

export async function keepReport(db: D1Database, report: JobReport): Promise<void> {
  const lists = [JSON.stringify(report.repaired), JSON.stringify(report.problems)];
  await statement(db, REPORT, [report.jobId, ...lists]).run();
}

const REPORTS = `
SELECT j.job_id, r.repaired, r.problems
  FROM jobs j CROSS JOIN recounts r ON r.job_no = j.job_no
 WHERE r.finished_at IS NOT NULL ORDER BY j.job_no DESC LIMIT 20`;

export async function recountReports(db: D1Database): Promise<JobReport[]> {
  const found = await rows<{ job_id: string; repaired: string; problems: string }>(
    statement(db, REPORTS, []),
  );
  return found.map(({ job_id, repaired, problems }) => ({
    jobId: job_id,
    repaired: JSON.parse(repaired) as string[],
    problems: JSON.parse(problems) as string[],
  }));
}
