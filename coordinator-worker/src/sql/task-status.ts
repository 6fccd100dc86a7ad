// SPDX-License-Identifier: Apache-2.0
import type { TaskStatus } from '../generated/messages';
import { slicePath, taskId } from '../domain/names';
import { shownFailures } from './failures';

export interface StoredTaskStatus extends Omit<TaskStatus, 'task_id' | 'file_id' | 'failures'> {
  file_id: number;
  slice_no: number;
  slices_total: number;
  failures: string;
}

/** A task as people see it. */
export function taskStatus(row: StoredTaskStatus): TaskStatus {
  return {
    task_id: taskId({ fileId: row.file_id, sliceNo: row.slice_no }),
    file_id: String(row.file_id),
    job_id: row.job_id,
    virtual_path: slicePath(row.virtual_path, row.slices_total, row.slice_no),
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
  };
}
