// SPDX-License-Identifier: Apache-2.0
import type { FileTransition } from '../domain/model';
import { CALLER_IS_KNOWN, refusedUntil } from './conditions';
import { keepManifests } from './manifests';
import { groupsOf, settleAllOfGroups } from './publishing';
import { when } from './statement';
import { FINISH_JOBS, updateTotals } from './totals';
import { failFiles, GUARDED, restartFiles } from './whole-files';

/**
 * The end of leases on files; the condition of all of them is that the session still holds the file by that epoch.
 * All need :items, the transitions, and :session.
 */
const hit = (kind: FileTransition['kind']) => `
SELECT ${GUARDED}, i.value AS item, i.value ->> 'error' AS error
  FROM json_each(:items) i CROSS JOIN files f ON f.file_id = (i.value ->> 'fileId')
 WHERE i.value ->> 'kind' = '${kind}'
   AND f.lease_session = :session AND f.lease_epoch = (i.value ->> 'epoch')
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
  UPDATE files SET lease_session = NULL, last_error = error, refused = ${refusedUntil("item ->> 'until'")}
    FROM hit WHERE files.file_id = hit.file_id AND ${CALLER_IS_KNOWN}`,
];

const RETRIED = [
  `WITH hit AS (${hit('retry')})
  UPDATE files SET lease_session = NULL, last_error = error, attempts = item ->> 'attempts', failures = item ->> 'failures'
    FROM hit WHERE files.file_id = hit.file_id`,
];

const RELEASED = [
  `WITH hit AS (${hit('released')})
  UPDATE files SET lease_session = NULL FROM hit WHERE files.file_id = hit.file_id`,
];

const PLACED = [
  updateTotals(`hit AS (${hit('placed')}), moved AS (
    SELECT job_no, 'file' AS what, was, 'done' AS becomes, 1 AS n, transfer_bytes AS bytes FROM hit)`),
  ...keepManifests(hit('placed')),
  `WITH hit AS (${hit('placed')})
  UPDATE files SET state = 'done', lease_session = NULL, last_error = NULL
    FROM hit WHERE files.file_id = hit.file_id`,
];

const PROVED = [
  `WITH hit AS (${hit('proved')})
  UPDATE files SET unproved = 0, lease_session = NULL FROM hit WHERE files.file_id = hit.file_id`,
];

const MOVES: Readonly<Record<FileTransition['kind'], readonly string[]>> = {
  resolved: RESOLVED,
  unreachable: UNREACHABLE,
  retry: RETRIED,
  released: RELEASED,
  placed: PLACED,
  proved: PROVED,
  failed: failFiles(hit('failed')),
  restart: restartFiles(hit('restart')),
};

const KINDS = Object.keys(MOVES) as (keyof typeof MOVES)[];

const SETTLE_GROUPS = settleAllOfGroups(groupsOf("i.value ->> 'fileId'"));

/** The statements that these transitions need; some need :now and :later. */
export function fileMoves(transitions: readonly FileTransition[]) {
  const kinds = new Set(transitions.map(({ kind }) => kind));
  return [
    ...KINDS.flatMap((kind) => when(kinds.has(kind), ...MOVES[kind])),
    ...SETTLE_GROUPS,
    FINISH_JOBS,
  ];
}
