// SPDX-License-Identifier: Apache-2.0
import type { ObjectName, TaskRef } from './model';

/** Names and ids that are made of other names. */

export const taskId = ({ fileId, sliceNo }: TaskRef): string => `${fileId}-${sliceNo}`;

/** The task of an id that the schema accepted. */
export function parseTaskId(id: string): TaskRef {
  const dash = id.indexOf('-');
  return { fileId: Number(id.slice(0, dash)), sliceNo: Number(id.slice(dash + 1)) };
}

/** Name of a slice in OffsetFS: that of the transfer where there is only one slice. */
export function slicePath(virtualPath: string, slicesTotal: number, sliceNo: number): string {
  return slicesTotal === 1 ? virtualPath : `${virtualPath}${SLICE_SUFFIX}${pad(sliceNo)}`;
}

/** Name of the transfer of a file that only grew. */
export const appendPath = (name: string, oldSizeBytes: number): string =>
  `${name}.offset.${oldSizeBytes}`;

/** The longest name that a transfer's slices get. */
export function longestSlicePath(virtualPath: string, slicesTotal: number): string {
  return slicePath(virtualPath, slicesTotal, Math.max(slicesTotal - 1, 0));
}

/** Keys of a job's objects begin with so much of its id; sql/leases.ts makes them. */
export const JOB_CHARS_IN_KEY = 16;

export const keyPrefix = (jobId: string): string => `${jobId.slice(0, JOB_CHARS_IN_KEY)}/`;

/** Whose object that is; null: none of this job. */
export function parseObjectKey(jobId: string, key: string): ObjectName | null {
  const prefix = keyPrefix(jobId);
  if (!key.startsWith(prefix)) return null;
  const numbers = OBJECT.exec(key.slice(prefix.length))?.slice(1).map(Number);
  if (numbers === undefined || !numbers.every(Number.isSafeInteger)) return null;
  const [fileId = 0, sliceNo = 0, epoch = 0] = numbers;
  return { key, fileId, sliceNo, epoch };
}

const OBJECT = /^([1-9]\d{0,15})\/(0|[1-9]\d{0,15})\.([1-9]\d{0,15})$/;

const SLICE_SUFFIX = '.slice.';
const pad = (sliceNo: number): string => String(sliceNo).padStart(5, '0');
