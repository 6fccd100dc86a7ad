// SPDX-License-Identifier: Apache-2.0
import type { JobStatus, JobSubmission, PlannedFile } from '../generated/messages';
import { FILE_STATES, TASK_STATES } from '../domain/model';
import type { PlannedRow } from '../domain/plan';
import { settleGroups } from './publishing';
import { jsonChunks, rows, statement, transaction } from './statement';
import { FINISH_JOBS, updateTotals } from './totals';

export type StoredJob = {
  job_id: string;
  state: JobStatus['state'];
  control: JobStatus['control'];
  slice_size_bytes: number;
  window_bytes: number;
  window_used_bytes: number;
} & Record<string, number>;

const JOB = `SELECT * FROM jobs WHERE job_id = ?1`;

const OPEN_JOB = `
INSERT INTO jobs (job_id, state, slice_size_bytes, window_bytes, created_at)
VALUES (?1, 'open', ?2, ?3, ?4) ON CONFLICT (job_id) DO NOTHING`;

export async function submitJob(
  db: D1Database,
  job: JobSubmission,
  now: number,
): Promise<JobStatus> {
  const values = [job.job_id, job.slice_size_bytes, job.window_bytes, now];
  const [found] = await transaction<StoredJob>(db, [
    statement(db, OPEN_JOB, values),
    statement(db, JOB, values),
  ]);
  if (found === undefined) throw new Error('a job that was just inserted is not there');
  return jobStatus(found);
}

export async function findJob(db: D1Database, jobId: string): Promise<JobStatus | null> {
  const [found] = await rows<StoredJob>(statement(db, JOB, [jobId]));
  return found === undefined ? null : jobStatus(found);
}

export function jobStatus(row: StoredJob): JobStatus {
  const tallies = (states: readonly string[], counts: string, bytes: string) =>
    Object.fromEntries(
      states.map((state) => [
        state,
        { count: row[`${counts}_${state}`] ?? 0, bytes: row[`${bytes}_${state}`] ?? 0 },
      ]),
    );
  return {
    job_id: row.job_id,
    state: row.state,
    control: row.control,
    slice_size_bytes: row.slice_size_bytes,
    window_bytes: row.window_bytes,
    window_used_bytes: row.window_used_bytes,
    tasks: tallies(TASK_STATES, 'tasks', 'bytes') as JobStatus['tasks'],
    files: tallies(FILE_STATES, 'files', 'file_bytes') as JobStatus['files'],
  };
}

/** Files of ?2 that the open job ?1 doesn't have yet. */
const NEW = `new AS (
  SELECT j.job_no, i.value ->> 'file' AS file, i.value ->> 'virtualPath' AS virtual_path,
         i.value ->> 'offsetBytes' AS offset_bytes, i.value ->> 'transferBytes' AS transfer_bytes,
         i.value ->> 'slicesTotal' AS slices_total
    FROM json_each(?2) i CROSS JOIN jobs j ON j.job_id = ?1
   WHERE j.state = 'open'
     AND NOT EXISTS (SELECT 1 FROM files f WHERE f.job_no = j.job_no
                      AND f.planned_path = (i.value -> 'file' ->> 'virtual_path')))`;

const TOTALS = updateTotals(`${NEW}, moved AS (
  SELECT job_no, 'file' AS what, NULL AS was, 1 AS n, transfer_bytes AS bytes,
         CASE WHEN slices_total = 0 THEN 'unresolved' ELSE 'transferring' END AS becomes FROM new
  UNION ALL
  SELECT job_no, 'task', NULL, slices_total, transfer_bytes, 'pending' FROM new WHERE slices_total > 0)`);

const ADD_ZONES = `
WITH ${NEW}
INSERT INTO zones (job_no, zone, sample_path)
SELECT job_no, file ->> 'zone', min(file ->> 'source_path') FROM new GROUP BY job_no, file ->> 'zone'
ON CONFLICT (job_no, zone) DO NOTHING`;

const ADD_FILES = `
WITH ${NEW}
INSERT INTO files (job_no, zone_no, state, planned_path, planned_mode, source_path, size_bytes,
                   source_digest, target_path, target_size_bytes, target_digest, dest_sub, dest_name,
                   virtual_path, mode, transfer_offset_bytes, transfer_bytes, slices_total,
                   uncut_bytes, publish_group, publish_order)
SELECT n.job_no, z.zone_no, CASE WHEN n.slices_total = 0 THEN 'unresolved' ELSE 'transferring' END,
       n.file ->> 'virtual_path', n.file ->> 'mode', n.file ->> 'source_path', n.file ->> 'size_bytes',
       n.file ->> 'source_digest', n.file ->> 'target_path', n.file ->> 'target_size_bytes',
       n.file ->> 'target_digest', n.file ->> 'dest_sub', n.file ->> 'dest_name',
       n.virtual_path, n.file ->> 'mode', n.offset_bytes, n.transfer_bytes, n.slices_total,
       CASE WHEN n.slices_total = 0 THEN 0 ELSE n.transfer_bytes END,
       n.file ->> 'publish_group', coalesce(n.file ->> 'publish_order', 0)
  FROM new n CROSS JOIN zones z ON z.job_no = n.job_no AND z.zone = (n.file ->> 'zone')`;

const FIND_FILES = `
SELECT f.planned_path AS virtual_path, f.source_path, f.size_bytes, f.source_digest, f.target_path,
       f.target_size_bytes, f.target_digest, f.planned_mode AS mode, f.dest_sub, f.dest_name, z.zone,
       f.publish_group, f.publish_order
  FROM json_each(?2) i CROSS JOIN jobs j ON j.job_id = ?1
 CROSS JOIN files f ON f.job_no = j.job_no AND f.planned_path = (i.value -> 'file' ->> 'virtual_path')
  JOIN zones z ON z.zone_no = f.zone_no`;

export async function addFiles(
  db: D1Database,
  jobId: string,
  planned: readonly PlannedRow[],
): Promise<ReadonlyMap<string, PlannedFile>> {
  const stored = new Map<string, PlannedFile>();
  for (const chunk of jsonChunks(planned)) {
    const values = [jobId, chunk];
    const found = await transaction<PlannedFile>(
      db,
      [TOTALS, ADD_ZONES, ADD_FILES, FIND_FILES].map((sql) => statement(db, sql, values)),
    );
    for (const file of found) stored.set(file.virtual_path, file);
  }
  return stored;
}

const SEAL = `
UPDATE jobs SET state = 'active'
 WHERE job_id = ?1 AND state = 'open'
   AND files_unresolved + files_transferring + files_placing + files_done + files_failed = ?2`;

/** Nothing of a group is placed before the seal: another file of it could still come. */
const HELD = `
SELECT DISTINCT f.job_no, f.publish_group FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = ?1 AND f.state = 'placing' AND f.held = 1`;

const SEAL_AND_SETTLE = [SEAL, ...settleGroups(HELD), FINISH_JOBS, JOB];

export async function sealJob(
  db: D1Database,
  jobId: string,
  fileCount: number,
): Promise<JobStatus | null> {
  const values = [jobId, fileCount];
  const [found] = await transaction<StoredJob>(
    db,
    SEAL_AND_SETTLE.map((sql) => statement(db, sql, values)),
  );
  return found === undefined ? null : jobStatus(found);
}

/** Newest first. */
const JOBS = `SELECT * FROM jobs ORDER BY job_no DESC LIMIT 20`;

export async function newestJobs(db: D1Database): Promise<JobStatus[]> {
  return (await rows<StoredJob>(statement(db, JOBS, []))).map(jobStatus);
}
