// SPDX-License-Identifier: Apache-2.0
import type { TaskRef } from './model';

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

const SLICE_SUFFIX = '.slice.';
const pad = (sliceNo: number): string => String(sliceNo).padStart(5, '0');
