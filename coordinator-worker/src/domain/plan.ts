// SPDX-License-Identifier: Apache-2.0
import type { JobSubmission, PlannedFile } from '../generated/messages';
import { appendPath, longestSlicePath } from './names';
import type { Refusal } from './refusal';

/** Rules of a plan: what is refused, and how a file is cut into slices. */

/** A placing answer carries a digest a slice; more would not fit into memory. */
const SLICES_MAX = 100_000;

/** Names of OffsetFS, in bytes, as file systems limit them. */
const NAME_BYTES_MAX = 255;

/** The part of a file that is moved, and its slices. */
export interface Cut {
  readonly virtualPath: string;
  readonly offsetBytes: number;
  readonly transferBytes: number;
  readonly slicesTotal: number;
}

/** A file as it is stored when it is submitted. */
export interface PlannedRow extends Cut {
  readonly file: PlannedFile;
}

export function refuseJob(job: JobSubmission): Refusal | null {
  if (job.slice_size_bytes <= job.window_bytes) return null;
  return {
    reason: 'slice_exceeds_window',
    sliceSizeBytes: job.slice_size_bytes,
    windowBytes: job.window_bytes,
  };
}

/** Slices of a transfer. An empty one has one slice of length 0, so that an empty file arrives too. */
export const slicesOf = (transferBytes: number, sliceSizeBytes: number): number =>
  Math.max(1, Math.ceil(transferBytes / sliceSizeBytes));

export function cutFull(name: string, sizeBytes: number, sliceSizeBytes: number): Cut {
  return {
    virtualPath: name,
    offsetBytes: 0,
    transferBytes: sizeBytes,
    slicesTotal: slicesOf(sizeBytes, sliceSizeBytes),
  };
}

/** `virtualPath` names the old size already where the planner knew the answer. */
export function cutAppend(
  virtualPath: string,
  sizes: { sizeBytes: number; targetSizeBytes: number },
  sliceSizeBytes: number,
): Cut {
  const transferBytes = sizes.sizeBytes - sizes.targetSizeBytes;
  return {
    virtualPath,
    offsetBytes: sizes.targetSizeBytes,
    transferBytes,
    slicesTotal: slicesOf(transferBytes, sliceSizeBytes),
  };
}

/** The file as it will be stored, or why it can't be. */
export function planRow(file: PlannedFile, sliceSizeBytes: number): PlannedRow | Refusal {
  const invalid = (found: string, expected: string): Refusal => ({
    reason: 'file_invalid',
    virtualPath: file.virtual_path,
    found,
    expected,
  });
  const { publish_group: group, publish_order: order } = file;
  if ((group ?? null) === null && (order ?? null) !== null) {
    return invalid(`publish_order ${order}`, 'none, as there is no publish_group');
  }
  const { size_bytes: size, target_size_bytes: targetSize } = file;
  const contradiction = contradictionOfRepair(file, sliceSizeBytes);
  if (contradiction !== null) return invalid(contradiction, 'a repair is of one slice, alone');
  if (file.mode !== 'full' && targetSize === null) {
    return invalid('target_size_bytes null', `a size, as the mode is ${file.mode}`);
  }
  const grows = file.mode === 'append' || file.mode === 'unresolved';
  if (grows && targetSize !== null && targetSize > size) {
    return invalid(`target_size_bytes ${targetSize}`, `at most size_bytes ${size}`);
  }
  const slices = slicesOf(size, sliceSizeBytes);
  if (slices > SLICES_MAX) {
    return invalid(`${slices} slices`, `at most ${SLICES_MAX}; use a larger slice size`);
  }
  const longest = longestName(file, slices);
  const bytes = new TextEncoder().encode(longest).length;
  if (bytes > NAME_BYTES_MAX) {
    return invalid(`slice names of up to ${bytes} bytes`, `at most ${NAME_BYTES_MAX}`);
  }
  return { file, ...firstCut(file, sliceSizeBytes) };
}

/** What of a repair, or of another file, is not as it must be; null: nothing. */
function contradictionOfRepair(file: PlannedFile, sliceSizeBytes: number): string | null {
  const { repair_offset_bytes: offset, repair_sha256: sent, repair_found_sha256: found } = file;
  const parts = [offset, sent, found].map((part) => part ?? null);
  if (file.mode !== 'repair') {
    return parts.some((part) => part !== null) ? `repair of a slice, mode ${file.mode}` : null;
  }
  if (parts.includes(null) || file.target_path === null) {
    return 'mode repair without target_path, offset or digests';
  }
  const length = file.size_bytes - (offset ?? 0);
  return length > 0 && length <= sliceSizeBytes ? null : `repair of ${length} bytes`;
}

function firstCut(file: PlannedFile, sliceSizeBytes: number): Cut {
  switch (file.mode) {
    case 'full':
      return cutFull(file.virtual_path, file.size_bytes, sliceSizeBytes);
    case 'append':
      return cutAppend(
        file.virtual_path,
        { sizeBytes: file.size_bytes, targetSizeBytes: file.target_size_bytes ?? 0 },
        sliceSizeBytes,
      );
    case 'repair': {
      const offsetBytes = file.repair_offset_bytes ?? 0;
      const transferBytes = file.size_bytes - offsetBytes;
      return { virtualPath: file.virtual_path, offsetBytes, transferBytes, slicesTotal: 1 };
    }
    case 'unresolved':
      return {
        virtualPath: file.virtual_path,
        offsetBytes: 0,
        transferBytes: file.size_bytes,
        slicesTotal: 0,
      };
  }
}

function longestName(file: PlannedFile, slices: number): string {
  const path =
    file.mode === 'unresolved'
      ? appendPath(file.virtual_path, file.target_size_bytes ?? 0)
      : file.virtual_path;
  return longestSlicePath(path, slices);
}

const COMPARED = [
  'source_path',
  'size_bytes',
  'source_digest',
  'target_path',
  'target_size_bytes',
  'target_digest',
  'mode',
  'dest_sub',
  'dest_name',
  'zone',
] as const satisfies readonly (keyof PlannedFile)[];

const REPAIR = [
  'repair_offset_bytes',
  'repair_sha256',
  'repair_found_sha256',
] as const satisfies readonly (keyof PlannedFile)[];

/** Fields in which a submitted file differs from the stored one of the same virtual path. */
export function differences(file: PlannedFile, stored: PlannedFile): string[] {
  const differing: string[] = COMPARED.filter((field) => file[field] !== stored[field]);
  differing.push(...REPAIR.filter((field) => (file[field] ?? null) !== (stored[field] ?? null)));
  // An agent of a former version says nothing of groups, and nothing against them.
  if (file.publish_group === undefined) return differing;
  const { publish_group: group, publish_order: order } = stored;
  if (file.publish_group !== (group ?? null)) differing.push('publish_group');
  if ((file.publish_order ?? 0) !== (order ?? 0)) differing.push('publish_order');
  return differing;
}
