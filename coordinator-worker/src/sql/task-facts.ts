// SPDX-License-Identifier: Apache-2.0
import type { FileState, HoldingGroup, TaskFacts, TaskRef } from '../domain/model';
import { parseFailures } from './failures';
import { claimOf } from './jobs';
import { rows } from './statement';
import { taskStatus, type StoredTaskStatus } from './task-status';

/** A slice that was never handed out has no row in tasks: its file says what it will be. Needs :file, :slice. */
const FACTS = `
SELECT f.file_id, :slice AS slice_no, j.job_id, f.virtual_path, f.slices_total,
       coalesce(t.state, CASE f.state WHEN 'failed' THEN 'failed' ELSE 'pending' END) AS state,
       coalesce(t.lease_epoch, 0) AS lease_epoch,
       coalesce(t.offset_bytes, f.transfer_offset_bytes + :slice * j.slice_size_bytes) AS offset_bytes,
       coalesce(t.length_bytes,
                min(j.slice_size_bytes, f.transfer_bytes - :slice * j.slice_size_bytes)) AS length_bytes,
       coalesce(t.attempts, 0) AS attempts, t.sender, t.receiver, t.object_key, t.last_error,
       coalesce(t.failures, '{}') AS failures,
       coalesce(t.not_before, 0) AS not_before,
       CASE WHEN t.object_key IS NULL AND t.rival_key IS NOT NULL THEN t.rival_session
            ELSE t.lease_session END AS lease_session,
       f.state AS file_state, f.last_error AS file_error, f.failures AS file_failures,
       f.state = 'placing' AND f.unproved AS unproved, z.zone, f.domain, f.refused,
       CASE WHEN f.state = 'placing' AND f.held = 1 THEN f.publish_group END AS held_by,
       j.state <> 'open' AS sealed, j.control, j.window_bytes, j.window_used_bytes,
       j.destination, j.claimed_domain, j.claimed_folder
  FROM files f JOIN jobs j ON j.job_no = f.job_no JOIN zones z ON z.zone_no = f.zone_no
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = :slice
 WHERE f.file_id = :file AND :slice < f.slices_total`;

interface StoredFacts extends StoredTaskStatus {
  not_before: number;
  lease_session: string | null;
  file_state: FileState;
  file_error: string | null;
  file_failures: string;
  unproved: number;
  zone: string;
  domain: string;
  refused: string;
  held_by: string | null;
  sealed: number;
  destination: string | null;
  claimed_domain: string | null;
  claimed_folder: string | null;
  control: TaskFacts['control'];
  window_bytes: number;
  window_used_bytes: number;
}

export async function taskFacts(db: D1Database, ref: TaskRef): Promise<TaskFacts | null> {
  const values = { file: ref.fileId, slice: ref.sliceNo };
  const [row] = await rows<StoredFacts>(db, FACTS, values);
  if (row === undefined) return null;
  return {
    task: taskStatus(row),
    failures: parseFailures(row.failures),
    notBefore: row.not_before,
    leaseSession: row.lease_session,
    fileState: row.file_state,
    fileError: row.file_error,
    fileFailures: parseFailures(row.file_failures),
    unproved: row.unproved === 1,
    zone: row.zone,
    domain: row.domain,
    refused: JSON.parse(row.refused) as Record<string, number>,
    heldBy: await heldBy(db, row),
    claim: claimOf(row),
    control: row.control,
    windowBytes: row.window_bytes,
    windowUsedBytes: row.window_used_bytes,
  };
}

/** Needs :file. */
const NOT_READY = `
SELECT m.planned_path AS path, m.state, count(*) OVER () AS files
  FROM files f CROSS JOIN files m ON m.job_no = f.job_no AND m.publish_group = f.publish_group
 WHERE f.file_id = :file
   AND ((m.state IN ('unresolved', 'transferring') AND m.publish_order <= f.publish_order)
     OR (m.state = 'placing' AND m.publish_order < f.publish_order + m.unproved))
 ORDER BY m.publish_order, m.file_id LIMIT 1`;

async function heldBy(db: D1Database, row: StoredFacts): Promise<HoldingGroup | null> {
  if (row.held_by === null) return null;
  const values = { file: row.file_id };
  const [found] = await rows<{ path: string; state: FileState; files: number }>(
    db,
    NOT_READY,
    values,
  );
  return {
    group: row.held_by,
    sealed: row.sealed === 1,
    files: found?.files ?? 0,
    first: found === undefined ? null : { path: found.path, state: found.state },
  };
}
