// SPDX-License-Identifier: Apache-2.0
import type { AgentDirective, JobStatus } from '../generated/messages';
import { jobStatus, type StoredJob } from './jobs';
import { rows, statement, transaction } from './statement';
import { groupsOf, settleGroups } from './publishing';
import { FINISH_JOBS } from './totals';
import { failFiles, reviveFiles as revive } from './whole-files';

/** What operators change, and the pages that they read. */

/** A cancelled job stays it; one that is over has nothing to pause. */
const CONTROL = `
UPDATE jobs SET control = ?2
 WHERE job_id = ?1 AND control <> ?2 AND control <> 'cancelled' AND state <> 'done'`;

/** No file is added any more. */
const SEAL_CANCELLED = `
UPDATE jobs SET state = 'active' WHERE job_id = ?1 AND control = 'cancelled' AND state = 'open'`;

export async function controlJob(
  db: D1Database,
  jobId: string,
  wanted: JobStatus['control'],
): Promise<void> {
  const values = [jobId, wanted];
  const both = [CONTROL, SEAL_CANCELLED];
  await transaction(
    db,
    (wanted === 'cancelled' ? both : [CONTROL]).map((sql) => statement(db, sql, values)),
  );
}

const UNFINISHED = `
SELECT f.file_id, f.planned_path
  FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = ?1 AND f.planned_path > ?2
   AND f.state IN ('unresolved', 'transferring', 'placing')
 ORDER BY f.planned_path LIMIT ?3`;

const CANCELLED = `
SELECT f.file_id, f.job_no, f.state AS was, f.transfer_bytes, f.next_slice, f.slices_total,
       f.uncut_bytes,
       CASE WHEN f.state = 'placing' AND f.lease_session IS NOT NULL
            THEN 'cancelled by the operator while it was being placed: its target is old or new'
            ELSE 'cancelled by the operator' END AS error
  FROM json_each(?1) i CROSS JOIN files f ON f.file_id = i.value
  JOIN jobs j ON j.job_no = f.job_no AND j.control = 'cancelled'
 WHERE f.state IN ('unresolved', 'transferring', 'placing')`;

/** A job whose files all were over before is finished too. Groups need no look: all of their files fail. */
const CANCEL_FILES = [...failFiles(CANCELLED), FINISH_JOBS];

/** Returns where the next part begins; null: that was the last. */
export async function cancelFiles(
  db: D1Database,
  jobId: string,
  part: { after: string; limit: number; now: number; laterAt: number },
): Promise<string | null> {
  const found = await rows<{ file_id: number; planned_path: string }>(
    statement(db, UNFINISHED, [jobId, part.after, part.limit]),
  );
  const ids = JSON.stringify(found.map(({ file_id }) => file_id));
  const values = [ids, null, part.now, part.laterAt];
  await transaction(
    db,
    CANCEL_FILES.map((sql) => statement(db, sql, values)),
  );
  return found.length < part.limit ? null : (found.at(-1)?.planned_path ?? null);
}

const FAILED_FILES = `
SELECT f.file_id FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = ?1 AND f.state = 'failed' LIMIT ?2`;

export async function failedFiles(db: D1Database, jobId: string, limit: number): Promise<number[]> {
  const found = await rows<{ file_id: number }>(statement(db, FAILED_FILES, [jobId, limit]));
  return found.map(({ file_id }) => file_id);
}

/** What is placed together is tried together: a failed file brings the failed ones of its group back. */
const REVIVED = `
WITH asked AS (
  SELECT f.file_id, f.job_no, f.publish_group
    FROM json_each(?1) i CROSS JOIN files f ON f.file_id = i.value
    JOIN jobs j ON j.job_no = f.job_no AND j.job_id = ?2
   WHERE f.state = 'failed'),
  back AS (
  SELECT file_id FROM asked
   UNION
  SELECT m.file_id FROM asked a CROSS JOIN files m ON m.job_no = a.job_no AND m.publish_group = a.publish_group
   WHERE m.state = 'failed')
SELECT f.file_id, f.job_no, f.transfer_bytes, f.next_slice, f.slices_total, f.uncut_bytes,
       CASE WHEN f.slices_total = 0 THEN 'unresolved'
            WHEN f.downloaded_slices = f.slices_total THEN 'placing'
            ELSE 'transferring' END AS becomes
  FROM back CROSS JOIN files f ON f.file_id = back.file_id`;

const REVIVE_FILES = [...revive(REVIVED), ...settleGroups(groupsOf('i.value'))];

export async function reviveFiles(
  db: D1Database,
  jobId: string,
  ids: readonly number[],
): Promise<void> {
  const values = [JSON.stringify(ids), jobId];
  await transaction(
    db,
    REVIVE_FILES.map((sql) => statement(db, sql, values)),
  );
}

/** Rows that say so already count too, so that a repeat is answered the same. */
const DIRECT = `
UPDATE sessions SET directive = ?2
 WHERE state = 'open' AND expires_at > ?3 AND name = ?1 AND directive <> ?2`;
const DIRECTED = `
SELECT count(*) AS n FROM sessions
 WHERE state = 'open' AND expires_at > ?3 AND name = ?1 AND directive = ?2`;

export async function directSessions(
  db: D1Database,
  order: { name: string; directive: AgentDirective['directive']; now: number },
): Promise<number> {
  const values = [order.name, order.directive, order.now];
  const [found] = await transaction<{ n: number }>(
    db,
    [DIRECT, DIRECTED].map((sql) => statement(db, sql, values)),
  );
  return found?.n ?? 0;
}

const JOB_PAGE = `
SELECT * FROM jobs
 WHERE ?1 IS NULL OR job_no < (SELECT job_no FROM jobs WHERE job_id = ?1)
 ORDER BY job_no DESC LIMIT ?2`;

export async function jobPage(
  db: D1Database,
  query: { after: string | null; limit: number },
): Promise<JobStatus[]> {
  const found = await rows<StoredJob>(statement(db, JOB_PAGE, [query.after, query.limit]));
  return found.map(jobStatus);
}
