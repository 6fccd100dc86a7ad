// SPDX-License-Identifier: Apache-2.0
import type { TaskRow } from '../domain/model';
import { parseFailures } from './failures';

/** What a task's row needs beside its id. */
export const TASK_COLUMNS = `
       t.state, t.length_bytes, t.lease_session, t.lease_epoch, t.upload_epoch, t.object_key,
       t.sha256, t.attempts, t.failures, t.rival_session, t.rival_epoch, t.rival_key`;

export interface StoredTask {
  file_id: number;
  slice_no: number;
  state: TaskRow['state'];
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
  /** Where the file was asked for too. */
  repair_sha256?: string | null;
}

export function taskRow(row: StoredTask): TaskRow {
  const { rival_session: session, rival_epoch: epoch, rival_key: objectKey } = row;
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
    repairSha256: row.repair_sha256 ?? null,
    failures: parseFailures(row.failures),
    rival: session === null || epoch === null ? null : { session, epoch, objectKey },
  };
}
