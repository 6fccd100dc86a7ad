// SPDX-License-Identifier: Apache-2.0
import { WHOLE_FILE } from '../domain/model';
import type { JobRecount, JobReport, RecountPart, Recounts } from '../domain/ports/recounts';
import { jobNo } from './conditions';
import { SETTLE_JOB } from './publishing';
import { ADD_TO_TALLIES, TASK_WINDOW, TRIGGERS, UNCUT_STATE } from './recount-triggers';
import { batch, rows, run, transaction } from './statement';
import { FINISH_JOBS, TOTALS } from './totals';

/**
 * Counts a job's rows, part by part, while they move: its files by planned path, each with its tasks. A part is
 * one short transaction, so that takes wait for none of them long; what moves behind it is added by triggers
 * (recount-triggers.ts). When no file is left, the tallies are the truth of that moment, and become the totals.
 */

/** Jobs at work, and the few that are over but have objects left. */
const MATTERS = `(j.state <> 'done' OR j.window_used_bytes > 0)`;

/** Needs :from, :limit. */
const TO_COUNT = `
SELECT j.job_id FROM jobs j
 WHERE ${MATTERS} AND (:from IS NULL OR j.job_no <= ${jobNo(':from')})
 ORDER BY j.job_no DESC LIMIT :limit`;

/** The one that is under way goes first. Needs :startedBefore. */
const DUE = `
SELECT job_id FROM (
  SELECT 0 AS place, j.job_no, j.job_id FROM recounts r CROSS JOIN jobs j ON j.job_no = r.job_no
   WHERE r.upto IS NOT NULL
  UNION ALL
  SELECT 1, j.job_no, j.job_id FROM jobs j LEFT JOIN recounts r ON r.job_no = j.job_no
   WHERE ${MATTERS} AND coalesce(r.started_at, 0) <= :startedBefore)
 ORDER BY place, job_no DESC LIMIT 1`;

/** Goes on with a count that is under way. Needs :job, :now. */
const BEGIN = [
  ...TRIGGERS,
  `DELETE FROM recount_tallies WHERE job_no = ${jobNo(':job')}
      AND NOT EXISTS (SELECT 1 FROM recounts r WHERE r.job_no = recount_tallies.job_no AND r.upto IS NOT NULL)`,
  `INSERT INTO recounts (job_no, upto, started_at) SELECT job_no, '', :now FROM jobs WHERE job_id = :job
   ON CONFLICT (job_no) DO UPDATE SET upto = '', started_at = excluded.started_at, found = '[]'
     WHERE recounts.upto IS NULL`,
];

/** Needs :job. */
const THIS = `this AS (
  SELECT r.job_no, r.upto FROM jobs j CROSS JOIN recounts r ON r.job_no = j.job_no
   WHERE j.job_id = :job AND r.upto IS NOT NULL)`;

/** The files of the next part: so many, with so many tasks and one file more. Needs :job, :files, :tasks. */
const NEXT = `${THIS}, next AS (
  SELECT f.* FROM (
    SELECT file_id, sum(next_slice) OVER (ORDER BY planned_path ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS tasks
      FROM (SELECT f.file_id, f.planned_path, f.next_slice
              FROM this CROSS JOIN files f ON f.job_no = this.job_no AND f.planned_path > this.upto
             ORDER BY f.planned_path LIMIT :files)) n
   CROSS JOIN files f ON f.file_id = n.file_id
   WHERE coalesce(n.tasks, 0) < :tasks)`;

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

const PART = [LOST_HERE, NOTE, REPAIR_FILES, COUNT, ADVANCE];

const COUNTED_TOTALS = TOTALS.flatMap(({ what, state, count, bytes }) => [
  { total: count, what, state, part: 'n' },
  { total: bytes, what, state, part: 'bytes' },
]);

const NAMES = [...COUNTED_TOTALS.map(({ total }) => total), 'window_used_bytes'];

/** A file may have come since the last part: then it isn't over yet. */
const OVER = `${THIS}, over AS (
  SELECT job_no FROM this
   WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.job_no = this.job_no AND f.planned_path > this.upto))`;

const COUNTED = `${OVER}, counted AS (
  SELECT ${COUNTED_TOTALS.map(
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

/** A window that is passed can't be written down (a CHECK holds it); it is reported. Needs :job. */
const REPAIR = `
WITH ${COUNTED}
UPDATE jobs SET ${COUNTED_TOTALS.map(({ total }) => `${total} = c.${total}`).join(', ')},
       window_used_bytes = min(c.window_used_bytes, window_bytes)
  FROM counted c WHERE jobs.job_id = :job`;

/** Needs :job, :now. */
const END = `
WITH ${OVER} UPDATE recounts SET upto = NULL, finished_at = :now WHERE job_no IN (SELECT job_no FROM over)`;

const FINISH = [KEPT, `WITH ${COUNTED} SELECT * FROM counted`, REPAIR, FINISH_JOBS, END];

/** After the end: were it lost, the repairs would stand and only go untold. Needs :job, :repaired, :problems. */
const REPORT = `
UPDATE recounts SET repaired = :repaired, problems = :problems
 WHERE job_no = ${jobNo(':job')} AND upto IS NULL`;

const REPORTS = `
SELECT j.job_id, r.repaired, r.problems
  FROM jobs j CROSS JOIN recounts r ON r.job_no = j.job_no
 WHERE r.finished_at IS NOT NULL ORDER BY j.job_no DESC LIMIT 20`;

type Totals = Record<string, number>;

export class D1Recounts implements Recounts {
  constructor(private readonly db: D1Database) {}

  async jobs(query: { readonly from: string | null; readonly limit: number }): Promise<string[]> {
    const found = await rows<{ job_id: string }>(this.db, TO_COUNT, query);
    return found.map(({ job_id }) => job_id);
  }

  async jobDue(startedBefore: number): Promise<string | null> {
    const [found] = await rows<{ job_id: string }>(this.db, DUE, { startedBefore });
    return found?.job_id ?? null;
  }

  async begin(jobId: string, now: number): Promise<void> {
    await transaction(this.db, BEGIN, { job: jobId, now });
  }

  async part(
    jobId: string,
    { files, tasks }: { readonly files: number; readonly tasks: number },
  ): Promise<RecountPart> {
    const results = await batch<StoredLease>(this.db, PART, { job: jobId, files, tasks });
    const lost = results[0]?.results ?? [];
    return {
      more: (results.at(-1)?.results.length ?? 0) > 0,
      lost: lost.map((row) => ({
        fileId: row.file_id,
        sliceNo: row.slice_no,
        sessionId: row.session_id,
        epoch: row.epoch,
      })),
    };
  }

  async finish(jobId: string, now: number): Promise<JobRecount | null> {
    const values = { job: jobId, now };
    const [kept, counted] = await batch<Totals & { found: string }>(this.db, FINISH, values);
    const [was, is] = [kept?.results[0], counted?.results[0]];
    return was === undefined || is === undefined ? null : compared(was, is);
  }

  async settleGroups(jobId: string): Promise<number> {
    const results = await batch(this.db, SETTLE_JOB, { job: jobId });
    // Between the totals and the job there are only statements that change files.
    return results.slice(1, -1).reduce((sum, { meta }) => sum + meta.changes, 0);
  }

  async keepReport({ jobId, repaired, problems }: JobReport): Promise<void> {
    await run(this.db, REPORT, {
      job: jobId,
      repaired: JSON.stringify(repaired),
      problems: JSON.stringify(problems),
    });
  }

  async reports(): Promise<JobReport[]> {
    const found = await rows<Record<'job_id' | 'repaired' | 'problems', string>>(this.db, REPORTS);
    return found.map(({ job_id, repaired, problems }) => ({
      jobId: job_id,
      repaired: JSON.parse(repaired) as string[],
      problems: JSON.parse(problems) as string[],
    }));
  }
}

function compared(was: Totals & { found: string }, is: Totals): JobRecount {
  const found = JSON.parse(was.found) as ['repaired' | 'problem', string][];
  const texts = (wanted: string) =>
    found.filter(([kind]) => kind === wanted).map(([, text]) => text);
  const drift = NAMES.filter((name) => was[name] !== is[name]).map(
    (name) => `${name} ${was[name]} -> ${is[name]}`,
  );
  const [used, limit] = [is['window_used_bytes'] ?? 0, was['window_bytes'] ?? 0];
  const passed = used > limit ? [`objects have ${used} bytes (window: ${limit})`] : [];
  return {
    repaired: [...texts('repaired'), ...drift],
    problems: [...passed, ...texts('problem')],
  };
}
