// SPDX-License-Identifier: Apache-2.0
import type { FileRow, FileTransition } from '../domain/model';
import { groupsOf, settleAllOfGroups } from './publishing';
import { rows, statement, transaction } from './statement';
import { FINISH_JOBS, updateTotals } from './totals';
import { failFiles, restartFiles } from './whole-files';

/**
 * The end of leases on files. Values as in whole-files.ts; the condition of all of them is that the
 * session still holds the file by that epoch.
 */
const hit = (kind: FileTransition['kind']) => `
SELECT f.file_id, f.job_no, f.state AS was, f.transfer_bytes, f.next_slice, f.slices_total,
       f.uncut_bytes, i.value AS item, i.value ->> 'error' AS error
  FROM json_each(?1) i CROSS JOIN files f ON f.file_id = (i.value ->> 'fileId')
 WHERE i.value ->> 'kind' = '${kind}'
   AND f.lease_session = ?2 AND f.lease_epoch = (i.value ->> 'epoch')
   AND f.state IN ('unresolved', 'placing')`;

const RESOLVED = [
  updateTotals(`hit AS (${hit('resolved')}), moved AS (
    SELECT job_no, 'file' AS what, was, NULL AS becomes, 1 AS n, transfer_bytes AS bytes FROM hit
    UNION ALL
    SELECT job_no, 'file', NULL, 'transferring', 1, item ->> 'transferBytes' FROM hit
    UNION ALL
    SELECT job_no, 'task', NULL, 'pending', item ->> 'slicesTotal', item ->> 'transferBytes' FROM hit)`),
  `WITH hit AS (${hit('resolved')})
  UPDATE files SET state = 'transferring', lease_session = NULL, mode = item ->> 'mode',
      virtual_path = item ->> 'virtualPath', transfer_offset_bytes = item ->> 'offsetBytes',
      transfer_bytes = item ->> 'transferBytes', uncut_bytes = item ->> 'transferBytes',
      slices_total = item ->> 'slicesTotal'
    FROM hit WHERE files.file_id = hit.file_id`,
];

const UNREACHABLE = [
  `WITH hit AS (${hit('unreachable')})
  UPDATE files SET lease_session = NULL, last_error = error,
      refused = json_patch(refused,
        json_object((SELECT host FROM sessions WHERE session_id = ?2), item ->> 'until'))
    FROM hit WHERE files.file_id = hit.file_id AND EXISTS (SELECT 1 FROM sessions WHERE session_id = ?2)`,
];

const RELEASED = [
  `WITH hit AS (${hit('released')})
  UPDATE files SET lease_session = NULL FROM hit WHERE files.file_id = hit.file_id`,
];

const PLACED = [
  updateTotals(`hit AS (${hit('placed')}), moved AS (
    SELECT job_no, 'file' AS what, was, 'done' AS becomes, 1 AS n, transfer_bytes AS bytes FROM hit)`),
  `WITH hit AS (${hit('placed')})
  UPDATE files SET state = 'done', lease_session = NULL, last_error = NULL
    FROM hit WHERE files.file_id = hit.file_id`,
];

const STATEMENTS: Readonly<Record<FileTransition['kind'], readonly string[]>> = {
  resolved: RESOLVED,
  unreachable: UNREACHABLE,
  released: RELEASED,
  placed: PLACED,
  failed: failFiles(hit('failed')),
  restart: restartFiles(hit('restart')),
};

const SETTLE_GROUPS = settleAllOfGroups(groupsOf("i.value ->> 'fileId'"));

export async function moveFiles(
  db: D1Database,
  sessionId: string,
  transitions: readonly FileTransition[],
  after: { ids: readonly number[]; now: number; laterAt: number },
): Promise<ReadonlyMap<number, FileRow>> {
  const values = [JSON.stringify(transitions), sessionId, after.now, after.laterAt];
  const kinds = new Set(transitions.map(({ kind }) => kind));
  const statements = [
    ...[...kinds].flatMap((kind) => STATEMENTS[kind]),
    ...SETTLE_GROUPS,
    FINISH_JOBS,
  ].map((sql) => statement(db, sql, values));
  return byId(await transaction<FoundFile>(db, [...statements, find(db, after.ids)]));
}

interface FoundFile {
  file_id: number;
  state: FileRow['state'];
  mode: FileRow['mode'];
  size_bytes: number;
  target_size_bytes: number | null;
  planned_path: string;
  slices_total: number;
  epoch_floor: number;
  restarts: number;
  lease_session: string | null;
  lease_epoch: number;
  slice_size_bytes: number;
  last_error: string | null;
}

const FIND = `
SELECT f.file_id, f.state, f.mode, f.size_bytes, f.target_size_bytes, f.planned_path, f.slices_total,
       f.epoch_floor, f.restarts, f.lease_session, f.lease_epoch, j.slice_size_bytes, f.last_error
  FROM json_each(?1) i CROSS JOIN files f ON f.file_id = i.value JOIN jobs j ON j.job_no = f.job_no`;

const find = (db: D1Database, ids: readonly number[]) => statement(db, FIND, [JSON.stringify(ids)]);

export async function findFiles(
  db: D1Database,
  ids: readonly number[],
): Promise<ReadonlyMap<number, FileRow>> {
  return byId(await rows<FoundFile>(find(db, ids)));
}

function byId(found: readonly FoundFile[]): ReadonlyMap<number, FileRow> {
  return new Map(
    found.map((row) => [
      row.file_id,
      {
        fileId: row.file_id,
        state: row.state,
        mode: row.mode,
        sizeBytes: row.size_bytes,
        targetSizeBytes: row.target_size_bytes,
        plannedPath: row.planned_path,
        slicesTotal: row.slices_total,
        epochFloor: row.epoch_floor,
        restarts: row.restarts,
        leaseSession: row.lease_session,
        leaseEpoch: row.lease_epoch,
        sliceSizeBytes: row.slice_size_bytes,
        lastError: row.last_error,
      },
    ]),
  );
}

/** Files of a domain of which no session is open and none was seen since ?2. At most 20 at a time. */
const STRANDED = `
SELECT f.file_id, f.job_no, f.state AS was, f.transfer_bytes, f.next_slice, f.slices_total,
       f.uncut_bytes, 'every agent of domain ' || f.domain || ' is gone: started again' AS error
  FROM json_each(?1) i CROSS JOIN files f ON f.file_id = i.value
 WHERE f.domain <> '' AND f.state IN ('transferring', 'placing')
   AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.domain = f.domain
                    AND (s.state IN ('open', 'closing') OR s.last_seen_at > ?2))`;

const FIND_STRANDED = `
WITH gone AS (
  SELECT domain FROM sessions GROUP BY domain
  HAVING max(CASE WHEN state IN ('open', 'closing') THEN ?1 + 1 ELSE last_seen_at END) <= ?1)
SELECT f.file_id FROM gone CROSS JOIN files f ON f.domain = gone.domain
 WHERE f.state = 'transferring' AND f.next_slice > 0
UNION ALL
SELECT f.file_id FROM gone CROSS JOIN files f ON f.domain = gone.domain
 WHERE f.state = 'placing' AND f.held IN (0, 1)
 LIMIT 20`;

const RESTART_STRANDED = [...restartFiles(STRANDED), ...settleAllOfGroups(groupsOf('i.value'))];

export async function restartStranded(
  db: D1Database,
  times: { seenSince: number; now: number; laterAt: number },
): Promise<number> {
  const found = await rows<{ file_id: number }>(statement(db, FIND_STRANDED, [times.seenSince]));
  if (found.length === 0) return 0;
  const ids = JSON.stringify(found.map(({ file_id }) => file_id));
  const values = [ids, times.seenSince, times.now, times.laterAt];
  await transaction(
    db,
    RESTART_STRANDED.map((sql) => statement(db, sql, values)),
  );
  return found.length;
}
