// SPDX-License-Identifier: Apache-2.0
import type { Lease } from '../generated/messages';
import { taskId, slicePath } from '../domain/names';

/** Whether the session still holds task `t` by pick `p`: as its holder, or as the one it was stolen from. */
export const holdsPick = (session: string): string => `
       t.state IN ('uploading', 'downloading')
   AND ((t.lease_session = ${session} AND t.lease_epoch = (p.value ->> 2) AND t.object_key IS NOT NULL)
     OR (t.rival_session = ${session} AND t.rival_epoch = (p.value ->> 2) AND t.rival_key IS NOT NULL))`;

/** Leases of a take that are still held, in the order in which they were picked. ?1 session, ?2 request, ?3 kind. */
export const LEASES = `
SELECT t.file_id, t.slice_no, j.job_id, p.value ->> 2 AS lease_epoch, f.virtual_path, f.slices_total, f.source_path,
       f.size_bytes, t.offset_bytes, t.length_bytes,
       CASE WHEN t.lease_epoch = (p.value ->> 2) THEN t.object_key ELSE t.rival_key END AS object_key, t.sha256, f.mode,
       f.transfer_offset_bytes, f.target_path, f.dest_sub, f.dest_name
  FROM takes k CROSS JOIN json_each(k.picks) p
 CROSS JOIN tasks t ON t.file_id = (p.value ->> 0) AND t.slice_no = (p.value ->> 1)
  JOIN files f ON f.file_id = t.file_id
  JOIN jobs j ON j.job_no = t.job_no
 WHERE k.session_id = ?1 AND k.request_id = ?2 AND k.kind = ?3
   AND ${holdsPick('?1')}
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
  };
}
