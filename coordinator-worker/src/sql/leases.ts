// SPDX-License-Identifier: Apache-2.0
import type { Lease } from '../generated/messages';
import { JOB_CHARS_IN_KEY, slicePath, taskId } from '../domain/names';
import { IS_THIS_TAKE, nextEpoch, PICKED_EPOCH, PICKED_TASK, PICKS } from './picks';

/** Task `t` is leased to the caller by that epoch: as its holder, or as the one it was stolen from. Needs :session. */
export const isHeldBy = (epoch: string) => `
       t.state IN ('uploading', 'downloading')
   AND ((t.lease_session = :session AND t.lease_epoch = ${epoch} AND t.object_key IS NOT NULL)
     OR (t.rival_session = :session AND t.rival_epoch = ${epoch} AND t.rival_key IS NOT NULL))`;

/** Of a pick `p`: its task `t`, where the caller still holds it. Needs :session. */
export const HELD_TASK = `${PICKED_TASK} WHERE ${isHeldBy(PICKED_EPOCH)}`;

/** An attempt's own key: a late writer of a former epoch can't touch it. */
export const objectKey = (jobId: string, row: string, epoch: string) =>
  `substr(${jobId}, 1, ${JOB_CHARS_IN_KEY}) || '/' || ${row}.file_id || '/' || ${row}.slice_no || '.' || ${epoch}`;

/** Of an UPDATE of `tasks` with which an attempt begins. Needs :now. */
export const NEXT_EPOCH = nextEpoch('tasks.lease_epoch');

/** Of that attempt. Needs :now. */
export const NEXT_KEY = objectKey(
  '(SELECT j.job_id FROM jobs j WHERE j.job_no = tasks.job_no)',
  'tasks',
  NEXT_EPOCH,
);

/** Leases of a take that are still held, in the order in which they were picked. Needs :session, :request, :kind. */
export const LEASES = `
SELECT t.file_id, t.slice_no, j.job_id, ${PICKED_EPOCH} AS lease_epoch, f.virtual_path, f.slices_total, f.source_path,
       f.size_bytes, t.offset_bytes, t.length_bytes,
       CASE WHEN t.lease_epoch = ${PICKED_EPOCH} THEN t.object_key ELSE t.rival_key END AS object_key, t.sha256, f.mode,
       f.transfer_offset_bytes, f.target_path, f.dest_sub, f.dest_name, f.source_stamp
  FROM ${PICKS} ${PICKED_TASK}
  JOIN files f ON f.file_id = t.file_id
  JOIN jobs j ON j.job_no = t.job_no
 WHERE ${IS_THIS_TAKE} AND ${isHeldBy(PICKED_EPOCH)}
 ORDER BY p.key`;

export interface LeaseRow {
  file_id: number;
  slice_no: number;
  job_id: string;
  lease_epoch: number;
  virtual_path: string;
  slices_total: number;
  source_path: string;
  size_bytes: number;
  offset_bytes: number;
  length_bytes: number;
  object_key: string;
  sha256: string | null;
  mode: Lease['mode'];
  transfer_offset_bytes: number;
  target_path: string | null;
  dest_sub: string;
  dest_name: string;
  source_stamp: string | null;
}

export function toLease(row: LeaseRow): Lease {
  return {
    task_id: taskId({ fileId: row.file_id, sliceNo: row.slice_no }),
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: slicePath(row.virtual_path, row.slices_total, row.slice_no),
    source_path: row.source_path,
    source_size_bytes: row.size_bytes,
    offset_bytes: row.offset_bytes,
    length_bytes: row.length_bytes,
    object_key: row.object_key,
    sha256: row.sha256,
    mode: row.mode,
    transfer_offset_bytes: row.transfer_offset_bytes,
    target_path: row.target_path,
    dest_sub: row.dest_sub,
    dest_name: row.dest_name,
    source_stamp: row.source_stamp,
  };
}
