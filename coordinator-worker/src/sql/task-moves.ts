// SPDX-License-Identifier: Apache-2.0
import type { TaskLookup, TaskRef, TaskRow, TaskTransition } from '../domain/model';
import { taskId } from '../domain/names';
import { COUNT_FAILED, FORGET_FAILED, parseFailures } from './failures';
import { statement, transaction } from './statement';
import { groupsOf, settleGroups } from './publishing';
import { FINISH_JOBS, updateTotals } from './totals';
import { failFiles } from './whole-files';

/**
 * The end of leases on tasks: the only way out of `uploading` and `downloading` (but for a file that
 * fails or starts again as a whole). Effects come first, each from the tasks that still meet the
 * condition; the move itself is last, and makes a repeat find nothing.
 *
 * A stolen task has two attempts. Which one an item is about follows from its epoch; an attempt that
 * ends without a result leaves the task to the other one, if that is alive (decided here, from the rows
 * as they are in this transaction). A result ends both.
 *
 * Values: ?1 transitions, ?2 session, ?3 now, ?4 later.
 */
const HIT = `hit AS (
  SELECT *, CASE WHEN wanted = 'pending' AND other_key IS NOT NULL THEN 'uploading' ELSE wanted END AS becomes
    FROM (
  SELECT t.file_id, t.slice_no, t.job_no, t.length_bytes, t.state AS was,
         t.lease_epoch <> (i.value ->> 'epoch') AS by_rival,
         CASE WHEN t.lease_epoch = (i.value ->> 'epoch') THEN t.object_key ELSE t.rival_key END AS own_key,
         CASE WHEN t.lease_epoch = (i.value ->> 'epoch') THEN t.rival_key ELSE t.object_key END AS other_key,
         i.value ->> 'to' AS wanted, i.value ->> 'garbageAt' AS garbage_at,
         i.value ->> 'sha256' AS new_sha256, i.value ->> 'attempts' AS new_attempts,
         i.value ->> 'failures' AS new_failures, i.value ->> 'notBefore' AS new_not_before, i.value ->> 'error' AS new_error,
         i.value ->> 'refusedUntil' AS refused_until, i.value ->> 'byHolder' AS by_holder
    FROM json_each(?1) i
   CROSS JOIN tasks t ON t.file_id = (i.value ->> 'fileId') AND t.slice_no = (i.value ->> 'sliceNo')
   WHERE t.state = (i.value ->> 'from') AND t.state IN ('uploading', 'downloading')
     AND ((t.lease_session = ?2 AND t.lease_epoch = (i.value ->> 'epoch') AND t.object_key IS NOT NULL)
       OR (t.rival_session = ?2 AND t.rival_epoch = (i.value ->> 'epoch') AND t.rival_key IS NOT NULL))))`;

const ARRIVED = `arrived AS (
  SELECT file_id, count(*) AS slices, sum(length_bytes) AS bytes
    FROM hit WHERE becomes = 'downloaded' GROUP BY file_id)`;

const TOTALS = updateTotals(`${HIT}, ${ARRIVED}, moved AS (
  SELECT job_no, 'task' AS what, was, becomes, count(*) AS n, sum(length_bytes) AS bytes
    FROM hit GROUP BY job_no, was, becomes
  UNION ALL
  SELECT f.job_no, 'file', 'transferring', 'placing', 1, f.transfer_bytes
    FROM arrived a CROSS JOIN files f ON f.file_id = a.file_id
   WHERE f.downloaded_slices + a.slices = f.slices_total)`);

const GARBAGE = `
WITH ${HIT}
INSERT INTO garbage (object_key, job_no, bytes, not_before)
SELECT own_key, job_no, length_bytes, garbage_at FROM hit WHERE garbage_at IS NOT NULL
UNION ALL
SELECT other_key, job_no, length_bytes, ?4 FROM hit WHERE other_key IS NOT NULL AND becomes <> 'uploading'`;

const ARRIVE = `
WITH ${HIT}, ${ARRIVED}
UPDATE files SET
  downloaded_slices = downloaded_slices + a.slices,
  downloaded_bytes = downloaded_bytes + a.bytes,
  state = CASE WHEN downloaded_slices + a.slices = slices_total THEN 'placing' ELSE state END,
  held = downloaded_slices + a.slices = slices_total AND publish_group IS NOT NULL
  FROM arrived a WHERE files.file_id = a.file_id`;

const REFUSE_HOST = `
WITH ${HIT}
UPDATE files SET refused = json_patch(refused,
    json_object((SELECT host FROM sessions WHERE session_id = ?2), h.refused_until))
  FROM (SELECT file_id, max(refused_until) AS refused_until FROM hit
         WHERE refused_until IS NOT NULL GROUP BY file_id) h
 WHERE files.file_id = h.file_id AND EXISTS (SELECT 1 FROM sessions WHERE session_id = ?2)`;

const MOVE = `
WITH ${HIT}
UPDATE tasks SET state = h.becomes,
    lease_session = CASE WHEN h.by_rival AND h.becomes <> 'uploaded' THEN lease_session
                         WHEN h.by_holder THEN ?2 END,
    object_key = CASE WHEN h.becomes IN ('pending', 'failed') THEN NULL
                      WHEN h.becomes <> 'uploading' THEN h.own_key
                      WHEN h.by_rival THEN object_key END,
    sha256 = CASE WHEN h.becomes IN ('pending', 'failed') THEN NULL ELSE h.new_sha256 END,
    upload_epoch = CASE WHEN h.by_rival AND h.becomes = 'uploaded' THEN rival_epoch ELSE upload_epoch END,
    sender = CASE WHEN h.by_rival AND h.becomes = 'uploaded'
                  THEN coalesce((SELECT name FROM sessions WHERE session_id = ?2), sender) ELSE sender END,
    rival_session = CASE WHEN h.becomes <> 'uploaded' AND (h.by_holder OR NOT h.by_rival) THEN rival_session END,
    rival_epoch = CASE WHEN h.becomes <> 'uploaded' AND (h.by_holder OR NOT h.by_rival) THEN rival_epoch END,
    rival_key = CASE WHEN h.becomes = 'uploading' AND NOT h.by_rival THEN rival_key END,
    failures = CASE WHEN h.new_failures IS NULL THEN failures ELSE json_patch(failures, h.new_failures) END,
    attempts = h.new_attempts, not_before = h.new_not_before,
    last_error = coalesce(h.new_error, last_error)
  FROM hit h WHERE tasks.file_id = h.file_id AND tasks.slice_no = h.slice_no`;

/** Runs after MOVE: the file of a task that has just failed. */
const FILES_OF_FAILED = `
SELECT f.file_id, f.job_no, f.state AS was, f.transfer_bytes, f.next_slice, f.slices_total,
       f.uncut_bytes,
       (SELECT t.last_error FROM tasks t WHERE t.file_id = f.file_id AND t.state = 'failed'
         ORDER BY t.slice_no LIMIT 1) AS error
  FROM files f
 WHERE f.file_id IN (SELECT i.value ->> 'fileId' FROM json_each(?1) i WHERE i.value ->> 'to' = 'failed')
   AND f.state = 'transferring'
   AND EXISTS (SELECT 1 FROM tasks t WHERE t.file_id = f.file_id AND t.state = 'failed')`;

const FAIL_FILES = failFiles(FILES_OF_FAILED);

const SETTLE_GROUPS = settleGroups(
  groupsOf("i.value ->> 'fileId'", "AND f.state IN ('placing', 'failed')"),
);

export async function moveTasks(
  db: D1Database,
  sessionId: string,
  transitions: readonly TaskTransition[],
  after: { refs: readonly TaskRef[]; now: number; laterAt: number },
): Promise<TaskLookup> {
  const values = [JSON.stringify(transitions), sessionId, after.now, after.laterAt];
  const has = (test: (transition: TaskTransition) => boolean) => transitions.some(test);
  const statements = [
    TOTALS,
    ...(has(({ from, garbageAt }) => from === 'uploading' || garbageAt !== null) ? [GARBAGE] : []),
    ...(has(({ to }) => to === 'downloaded') ? [ARRIVE] : []),
    ...(has(({ refusedUntil }) => refusedUntil !== null) ? [REFUSE_HOST] : []),
    ...(has(({ failures }) => failures !== null) ? [COUNT_FAILED] : []),
    ...(has(succeeds) ? [FORGET_FAILED] : []),
    MOVE,
    ...(has(({ to }) => to === 'failed') ? FAIL_FILES : []),
    ...(has(({ to }) => to === 'failed' || to === 'downloaded')
      ? [...SETTLE_GROUPS, FINISH_JOBS]
      : []),
  ].map((sql) => statement(db, sql, values));
  if (after.refs.length === 0) {
    await transaction(db, statements);
    return { tasks: new Map(), files: new Map() };
  }
  return lookup(await transaction<LookupRow>(db, [...statements, find(db, after.refs)]));
}

const succeeds = ({ from, to }: TaskTransition): boolean =>
  to === 'downloaded' || (from === 'uploading' && to === 'uploaded');

interface LookupRow {
  file_id: number;
  slice_no: number;
  slices_total: number;
  epoch_floor: number;
  state: TaskRow['state'] | null;
  length_bytes: number;
  lease_session: string | null;
  lease_epoch: number;
  upload_epoch: number;
  object_key: string | null;
  sha256: string | null;
  attempts: number;
  failures: string;
  rival_session: string | null;
  rival_epoch: number | null;
  rival_key: string | null;
}

/** What a task's row needs beside its id. */
export const TASK_COLUMNS = `
       t.state, t.length_bytes, t.lease_session, t.lease_epoch, t.upload_epoch, t.object_key,
       t.sha256, t.attempts, t.failures, t.rival_session, t.rival_epoch, t.rival_key`;

const FIND = `
SELECT f.file_id, i.value ->> 'sliceNo' AS slice_no, f.slices_total, f.epoch_floor, ${TASK_COLUMNS}
  FROM json_each(?1) i
 CROSS JOIN files f ON f.file_id = (i.value ->> 'fileId')
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = (i.value ->> 'sliceNo')`;

const find = (db: D1Database, refs: readonly TaskRef[]) =>
  statement(db, FIND, [JSON.stringify(refs)]);

export async function findTasks(db: D1Database, refs: readonly TaskRef[]): Promise<TaskLookup> {
  return lookup(await transaction<LookupRow>(db, [find(db, refs)]));
}

function lookup(found: readonly LookupRow[]): TaskLookup {
  const tasks = new Map<string, TaskRow>();
  const files = new Map<number, { slicesTotal: number; epochFloor: number }>();
  for (const row of found) {
    files.set(row.file_id, { slicesTotal: row.slices_total, epochFloor: row.epoch_floor });
    if (row.state === null) continue;
    const task = taskRow({ ...row, state: row.state });
    tasks.set(taskId(task), task);
  }
  return { tasks, files };
}

export function taskRow(
  row: Omit<LookupRow, 'state' | 'slices_total' | 'epoch_floor'> & { state: TaskRow['state'] },
): TaskRow {
  return {
    fileId: row.file_id,
    sliceNo: row.slice_no,
    state: row.state,
    lengthBytes: row.length_bytes,
    leaseSession: row.lease_session,
    leaseEpoch: row.lease_epoch,
    uploadEpoch: row.upload_epoch,
    objectKey: row.object_key,
    sha256: row.sha256,
    attempts: row.attempts,
    failures: parseFailures(row.failures),
    rival:
      row.rival_session === null || row.rival_epoch === null
        ? null
        : { session: row.rival_session, epoch: row.rival_epoch, objectKey: row.rival_key },
  };
}
