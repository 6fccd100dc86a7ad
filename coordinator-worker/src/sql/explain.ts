// SPDX-License-Identifier: Apache-2.0
import type { TaskStatus } from '../generated/messages';
import type { FileState, HoldingGroup, LiveAgent, TaskFacts, TaskRef } from '../domain/model';
import { slicePath, taskId } from '../domain/names';
import { parseFailures, shownFailures } from './failures';
import { rows, statement } from './statement';

/** A slice that was never handed out has no row in tasks: its file says what it will be. */
const FACTS = `
SELECT f.file_id, ?2 AS slice_no, j.job_id, f.virtual_path, f.slices_total,
       coalesce(t.state, CASE f.state WHEN 'failed' THEN 'failed' ELSE 'pending' END) AS state,
       coalesce(t.lease_epoch, 0) AS lease_epoch,
       coalesce(t.offset_bytes, f.transfer_offset_bytes + ?2 * j.slice_size_bytes) AS offset_bytes,
       coalesce(t.length_bytes,
                min(j.slice_size_bytes, f.transfer_bytes - ?2 * j.slice_size_bytes)) AS length_bytes,
       coalesce(t.attempts, 0) AS attempts, t.sender, t.receiver, t.object_key, t.last_error,
       coalesce(t.failures, '{}') AS failures,
       coalesce(t.not_before, 0) AS not_before,
       CASE WHEN t.object_key IS NULL AND t.rival_key IS NOT NULL THEN t.rival_session
            ELSE t.lease_session END AS lease_session,
       f.state AS file_state, f.last_error AS file_error, z.zone, f.domain, f.refused,
       CASE WHEN f.state = 'placing' AND f.held = 1 THEN f.publish_group END AS held_by,
       j.state <> 'open' AS sealed, j.control, j.window_bytes, j.window_used_bytes
  FROM files f JOIN jobs j ON j.job_no = f.job_no JOIN zones z ON z.zone_no = f.zone_no
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = ?2
 WHERE f.file_id = ?1 AND ?2 < f.slices_total`;

interface StoredFacts extends Omit<TaskStatus, 'task_id' | 'file_id' | 'failures'> {
  file_id: number;
  slices_total: number;
  failures: string;
  not_before: number;
  lease_session: string | null;
  file_state: FileState;
  file_error: string | null;
  zone: string;
  domain: string;
  refused: string;
  held_by: string | null;
  sealed: number;
  control: TaskFacts['control'];
  window_bytes: number;
  window_used_bytes: number;
}

export async function taskFacts(db: D1Database, ref: TaskRef): Promise<TaskFacts | null> {
  const values = [ref.fileId, ref.sliceNo];
  const [row] = await rows<StoredFacts>(statement(db, FACTS, values));
  if (row === undefined) return null;
  return {
    task: {
      task_id: taskId(ref),
      file_id: String(row.file_id),
      job_id: row.job_id,
      virtual_path: slicePath(row.virtual_path, row.slices_total, ref.sliceNo),
      state: row.state,
      lease_epoch: row.lease_epoch,
      offset_bytes: row.offset_bytes,
      length_bytes: row.length_bytes,
      attempts: row.attempts,
      sender: row.sender,
      receiver: row.receiver,
      object_key: row.object_key,
      last_error: row.last_error,
      failures: shownFailures(row.failures),
    },
    failures: parseFailures(row.failures),
    notBefore: row.not_before,
    leaseSession: row.lease_session,
    fileState: row.file_state,
    fileError: row.file_error,
    zone: row.zone,
    domain: row.domain,
    refused: JSON.parse(row.refused) as Record<string, number>,
    heldBy: await heldBy(db, row),
    control: row.control,
    windowBytes: row.window_bytes,
    windowUsedBytes: row.window_used_bytes,
  };
}

const NOT_READY = `
SELECT m.planned_path AS path, m.state, count(*) OVER () AS files
  FROM files f CROSS JOIN files m ON m.job_no = f.job_no AND m.publish_group = f.publish_group
 WHERE f.file_id = ?1
   AND ((m.state IN ('unresolved', 'transferring') AND m.publish_order <= f.publish_order)
     OR (m.state = 'placing' AND m.publish_order < f.publish_order))
 ORDER BY m.publish_order, m.file_id LIMIT 1`;

async function heldBy(db: D1Database, row: StoredFacts): Promise<HoldingGroup | null> {
  if (row.held_by === null) return null;
  const [found] = await rows<{ path: string; state: FileState; files: number }>(
    statement(db, NOT_READY, [row.file_id]),
  );
  return {
    group: row.held_by,
    sealed: row.sealed === 1,
    files: found?.files ?? 0,
    first: found === undefined ? null : { path: found.path, state: found.state },
  };
}

const LIVE = `
SELECT session_id, name, host, role, domain, directive, zones, dear_zones,
       short_of_space, expires_at, json_array_length(failing_tasks) AS failing_tasks
  FROM sessions WHERE state = 'open' AND expires_at > ?1 LIMIT 1000`;

interface StoredAgent {
  session_id: string;
  name: string;
  host: string;
  role: LiveAgent['role'];
  domain: string;
  directive: LiveAgent['directive'];
  zones: string;
  dear_zones: string;
  short_of_space: number;
  expires_at: number;
  failing_tasks: number;
}

export async function liveAgents(db: D1Database, now: number): Promise<LiveAgent[]> {
  const found = await rows<StoredAgent>(statement(db, LIVE, [now]));
  return found.map((row) => ({
    sessionId: row.session_id,
    name: row.name,
    host: row.host,
    role: row.role,
    domain: row.domain,
    directive: row.directive,
    zones: [row.zones, row.dear_zones].flatMap((zones) => JSON.parse(zones) as string[]),
    shortOfSpace: row.short_of_space === 1,
    expiresAt: row.expires_at,
    failingTasks: row.failing_tasks,
  }));
}
