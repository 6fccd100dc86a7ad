// SPDX-License-Identifier: Apache-2.0
import type { JobStatus, JobSubmission, PlannedFile, Zone } from '../generated/messages';
import type { PlannedRow } from '../domain/plan';
import type { Claim } from '../domain/model';
import type { ClaimedJob, Jobs } from '../domain/ports/jobs';
import { settleGroups } from './publishing';
import { jsonChunks, rows, transaction, when } from './statement';
import { FINISH_JOBS, TOTALS, updateTotals } from './totals';

export type StoredJob = {
  job_id: string;
  state: JobStatus['state'];
  control: JobStatus['control'];
  slice_size_bytes: number;
  window_bytes: number;
  window_used_bytes: number;
  destination: string | null;
  claimed_domain: string | null;
  claimed_folder: string | null;
} & Record<string, number | string | null>;

export function jobStatus(row: StoredJob): JobStatus {
  const tallies = (of: 'task' | 'file') =>
    Object.fromEntries(
      TOTALS.filter(({ what }) => what === of).map(({ state, count, bytes }) => [
        state,
        { count: Number(row[count] ?? 0), bytes: Number(row[bytes] ?? 0) },
      ]),
    );
  return {
    job_id: row.job_id,
    state: row.state,
    control: row.control,
    destination: row.destination,
    slice_size_bytes: row.slice_size_bytes,
    window_bytes: row.window_bytes,
    window_used_bytes: row.window_used_bytes,
    tasks: tallies('task') as JobStatus['tasks'],
    files: tallies('file') as JobStatus['files'],
  };
}

/** Needs :job. */
const JOB = 'SELECT * FROM jobs WHERE job_id = :job';

/** Needs :job, :sliceSize, :window, :now. */
const OPEN = `
INSERT INTO jobs (job_id, state, slice_size_bytes, window_bytes, created_at)
VALUES (:job, 'open', :sliceSize, :window, :now) ON CONFLICT (job_id) DO NOTHING`;

/**
 * The first to say so has the job. As long as nothing has arrived its domain may choose another folder. Needs :job,
 * :destination, :domain, :folder.
 */
const CLAIM = `
UPDATE jobs SET destination = :destination, claimed_domain = :domain, claimed_folder = :folder
 WHERE job_id = :job
   AND (destination IS NULL
     OR (destination = :destination AND claimed_domain = :domain AND claimed_folder IS NOT :folder
         AND tasks_downloading + tasks_downloaded + files_placing + files_done = 0))`;

/** Files that the open job doesn't have yet. Needs :job, :files. */
const NEW = `new AS (
  SELECT j.job_no, i.value ->> 'file' AS file, i.value ->> 'virtualPath' AS virtual_path,
         i.value ->> 'offsetBytes' AS offset_bytes, i.value ->> 'transferBytes' AS transfer_bytes,
         i.value ->> 'slicesTotal' AS slices_total
    FROM json_each(:files) i CROSS JOIN jobs j ON j.job_id = :job
   WHERE j.state = 'open'
     AND NOT EXISTS (SELECT 1 FROM files f WHERE f.job_no = j.job_no
                      AND f.planned_path = (i.value -> 'file' ->> 'virtual_path')))`;

const COUNT = updateTotals(`${NEW}, moved AS (
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
                   uncut_bytes, publish_group, publish_order, repair_sha256, repair_found_sha256)
SELECT n.job_no, z.zone_no, CASE WHEN n.slices_total = 0 THEN 'unresolved' ELSE 'transferring' END,
       n.file ->> 'virtual_path', n.file ->> 'mode', n.file ->> 'source_path', n.file ->> 'size_bytes',
       n.file ->> 'source_digest', n.file ->> 'target_path', n.file ->> 'target_size_bytes',
       n.file ->> 'target_digest', n.file ->> 'dest_sub', n.file ->> 'dest_name',
       n.virtual_path, n.file ->> 'mode', n.offset_bytes, n.transfer_bytes, n.slices_total,
       CASE WHEN n.slices_total = 0 THEN 0 ELSE n.transfer_bytes END,
       n.file ->> 'publish_group', coalesce(n.file ->> 'publish_order', 0),
       n.file ->> 'repair_sha256', n.file ->> 'repair_found_sha256'
  FROM new n CROSS JOIN zones z ON z.job_no = n.job_no AND z.zone = (n.file ->> 'zone')`;

/** Those of the same paths that it has. Needs :job, :files. */
const FIND_FILES = `
SELECT f.planned_path AS virtual_path, f.source_path, f.size_bytes, f.source_digest, f.target_path,
       f.target_size_bytes, f.target_digest, f.planned_mode AS mode, f.dest_sub, f.dest_name, z.zone,
       f.publish_group, f.publish_order, f.repair_sha256, f.repair_found_sha256,
       CASE f.planned_mode WHEN 'repair' THEN f.transfer_offset_bytes END AS repair_offset_bytes
  FROM json_each(:files) i CROSS JOIN jobs j ON j.job_id = :job
 CROSS JOIN files f ON f.job_no = j.job_no AND f.planned_path = (i.value -> 'file' ->> 'virtual_path')
  JOIN zones z ON z.zone_no = f.zone_no`;

const ADD = [COUNT, ADD_ZONES, ADD_FILES, FIND_FILES];

/** Needs :job, :fileCount. */
const SEAL = `
UPDATE jobs SET state = 'active'
 WHERE job_id = :job AND state = 'open'
   AND files_unresolved + files_transferring + files_placing + files_done + files_failed = :fileCount`;

/** Nothing of a group is placed before the seal: another file of it could still come. Needs :job. */
const HELD = `
SELECT DISTINCT f.job_no, f.publish_group FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = :job AND f.state = 'placing' AND f.held = 1`;

const SEAL_AND_SETTLE = [SEAL, ...settleGroups(HELD), FINISH_JOBS, JOB];

const ZONES = `
SELECT z.zone, min(z.sample_path) AS sample_path
  FROM jobs j CROSS JOIN zones z ON z.job_no = j.job_no
 WHERE j.state <> 'done' GROUP BY z.zone ORDER BY z.zone LIMIT 1000`;

export const claimOf = ({
  destination,
  claimed_domain,
  claimed_folder,
}: Pick<StoredJob, 'destination' | 'claimed_domain' | 'claimed_folder'>): Claim | null =>
  destination === null
    ? null
    : { destination, domain: claimed_domain ?? '', folderId: claimed_folder };

const first = ([row]: readonly StoredJob[]) => (row === undefined ? null : jobStatus(row));

export class D1Jobs implements Jobs {
  constructor(private readonly db: D1Database) {}

  async submit(job: JobSubmission, claim: Claim | null, now: number): Promise<ClaimedJob> {
    const steps = [OPEN, ...when(claim !== null, CLAIM), JOB];
    const [opened] = await transaction<StoredJob>(this.db, steps, {
      job: job.job_id,
      sliceSize: job.slice_size_bytes,
      window: job.window_bytes,
      now,
      destination: claim?.destination ?? null,
      domain: claim?.domain ?? null,
      folder: claim?.folderId ?? null,
    });
    if (opened === undefined) throw new Error('a job that was just inserted is not there');
    return { job: jobStatus(opened), claim: claimOf(opened) };
  }

  async find(jobId: string): Promise<JobStatus | null> {
    return first(await rows<StoredJob>(this.db, JOB, { job: jobId }));
  }

  async addFiles(
    jobId: string,
    planned: readonly PlannedRow[],
  ): Promise<ReadonlyMap<string, PlannedFile>> {
    const stored = new Map<string, PlannedFile>();
    for (const files of jsonChunks(planned)) {
      const found = await transaction<PlannedFile>(this.db, ADD, { job: jobId, files });
      for (const file of found) stored.set(file.virtual_path, file);
    }
    return stored;
  }

  async seal(jobId: string, fileCount: number): Promise<JobStatus | null> {
    const values = { job: jobId, fileCount };
    return first(await transaction<StoredJob>(this.db, SEAL_AND_SETTLE, values));
  }

  zones(): Promise<Zone[]> {
    return rows<Zone>(this.db, ZONES);
  }
}
