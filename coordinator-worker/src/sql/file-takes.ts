// SPDX-License-Identifier: Apache-2.0
import type {
  PlacingFile,
  ProvingFile,
  ReadSlice,
  ResolvingFile,
  SliceDigest,
} from '../generated/messages';
import type {
  FileTake,
  FileTakes,
  NumberedSlice,
  ResolvingTake,
  SlicesWanted,
} from '../domain/ports/takes';
import { TAKE_MEMORY_MS } from '../domain/settings';
import {
  CALLER,
  isNotLeftToOthers,
  isReachedFrom,
  JOB_RUNS,
  receiverValues,
  serves,
} from './conditions';
import {
  firstFiles,
  forgetTakes,
  heldAgain,
  insertTake,
  IS_THIS_TAKE,
  nextEpoch,
  PICKED,
  PICKED_EPOCH,
  PICKED_FILE,
  PICKS,
  runTake,
  wasTaken,
  WANTED,
  type TakeSql,
} from './picks';
import { rows, type Values } from './statement';

/** Taking whole files: to check a prefix, or to place. */

const IS_REACHED = isReachedFrom(':host');

/** Needs :now, :host. */
const UNRESOLVED = `
SELECT f.file_id, ${nextEpoch('f.lease_epoch')} AS epoch
  FROM wanted w CROSS JOIN files f ON f.zone_no = w.zone_no
 WHERE f.state = 'unresolved' AND f.lease_session IS NULL AND ${IS_REACHED}`;

/** None that this host failed at lately. Needs :destination, :domain, :folder, :host, :now. */
const READY_TO_PLACE = `
SELECT f.file_id, ${nextEpoch('f.lease_epoch')} AS epoch, f.attempts FROM files f
 WHERE f.domain = :domain AND f.state = 'placing' AND f.held = 0 AND f.unproved = 0 AND f.lease_session IS NULL
   AND ${JOB_RUNS}
   AND EXISTS (SELECT 1 FROM jobs j WHERE j.job_no = f.job_no AND ${serves(CALLER, 'j')})
   AND ${isNotLeftToOthers('f')}`;

/** Needs :now, :host. */
const UNPROVED = `
SELECT f.file_id, ${nextEpoch('f.lease_epoch')} AS epoch
  FROM wanted w CROSS JOIN files f ON f.job_no = w.job_no AND f.zone_no = w.zone_no
 WHERE f.state = 'placing' AND f.unproved = 1 AND f.lease_session IS NULL AND ${IS_REACHED}`;

const LEASE = `
WITH ${PICKED}
UPDATE files SET lease_session = :session, lease_epoch = ${nextEpoch('lease_epoch')}
 WHERE file_id IN (SELECT file_id FROM picked)`;

/** File `f` is leased to the caller by pick `p`. Needs :session. */
export const IS_FILE_HELD = `f.lease_session = :session AND f.lease_epoch = ${PICKED_EPOCH}`;

const FORGET_TAKES = forgetTakes(`${PICKED_FILE} WHERE ${IS_FILE_HELD}`);

/** Needs :session, :request, :kind. */
const HELD = `
SELECT f.file_id, j.job_id, f.lease_epoch, f.virtual_path, f.mode, f.source_path, f.size_bytes,
       f.source_digest, f.transfer_offset_bytes, f.target_path, f.target_size_bytes, f.target_digest,
       f.dest_sub, f.dest_name, f.repair_found_sha256, f.source_stamp,
       (SELECT t.source_metadata FROM tasks t WHERE t.file_id = f.file_id AND t.slice_no = 0) AS source_metadata
  FROM ${PICKS} ${PICKED_FILE}
  JOIN jobs j ON j.job_no = f.job_no
 WHERE ${IS_THIS_TAKE} AND ${IS_FILE_HELD}
 ORDER BY p.key`;

/** Needs the take's key, :now, :maxFiles, :forgetBefore, and :zones, :host. */
const TAKE_RESOLVING: TakeSql = {
  steps: [insertTake(firstFiles(UNRESOLVED), `WITH ${WANTED}`), LEASE, FORGET_TAKES],
  held: HELD,
};

/**
 * Those that failed least come first. Needs the take's key, :now, :maxFiles, :forgetBefore, and :destination,
 * :domain, :folder, :host.
 */
const TAKE_PLACING: TakeSql = {
  steps: [insertTake(firstFiles(READY_TO_PLACE, 'ORDER BY c.attempts')), LEASE, FORGET_TAKES],
  held: HELD,
};

/** Needs the take's key, :now, :maxFiles, :forgetBefore, and :zones, :host. */
const TAKE_PROVING: TakeSql = {
  steps: [insertTake(firstFiles(UNPROVED), `WITH ${WANTED}`), LEASE, FORGET_TAKES],
  held: HELD,
};

/** Needs :file, :after, :limit. */
const READ_SLICES = `
SELECT slice_no, offset_bytes, length_bytes, sha256, source_stamp
  FROM tasks WHERE file_id = :file AND slice_no > :after ORDER BY slice_no LIMIT :limit`;

/** Needs :files. */
const SLICES = `
SELECT t.file_id, t.offset_bytes, t.length_bytes, t.sha256
  FROM json_each(:files) i CROSS JOIN tasks t ON t.file_id = i.value
 ORDER BY t.file_id, t.slice_no`;

interface HeldFile {
  file_id: number;
  job_id: string;
  lease_epoch: number;
  virtual_path: string;
  mode: PlacingFile['mode'] | 'unresolved';
  source_path: string;
  size_bytes: number;
  source_digest: string | null;
  transfer_offset_bytes: number;
  target_path: string | null;
  target_size_bytes: number | null;
  target_digest: string | null;
  dest_sub: string;
  dest_name: string;
  source_metadata: string | null;
  repair_found_sha256: string | null;
  source_stamp: string | null;
}

/** Before the first slice. */
const BEGIN = -1;

export class D1FileTakes implements FileTakes {
  constructor(private readonly db: D1Database) {}

  async resolving(take: ResolvingTake): Promise<ResolvingFile[]> {
    const zones = JSON.stringify(take.zones);
    const { host } = take.session;
    return (await this.take(TAKE_RESOLVING, take, { zones, host })).map(toResolving);
  }

  async placing(take: FileTake): Promise<PlacingFile[]> {
    const held = await this.take(TAKE_PLACING, take, {
      ...receiverValues(take.session),
      host: take.session.host,
    });
    if (held.length === 0) return [];
    const slices = await this.slicesOf(held.map(({ file_id }) => file_id));
    return held.map((row) => toPlacing(row, slices.get(row.file_id) ?? []));
  }

  async proving(take: ResolvingTake): Promise<ProvingFile[]> {
    const held = await this.take(TAKE_PROVING, take, {
      zones: JSON.stringify(take.zones),
      host: take.session.host,
    });
    return held.map(toProving);
  }

  async slices(fileId: number, { after, limit }: SlicesWanted): Promise<NumberedSlice[]> {
    const values = { file: fileId, after: after ?? BEGIN, limit };
    const found = await rows<ReadSlice & { slice_no: number }>(this.db, READ_SLICES, values);
    return found.map(({ slice_no: sliceNo, ...slice }) => ({ sliceNo, slice }));
  }

  private async take(sql: TakeSql, take: FileTake, own: Values): Promise<HeldFile[]> {
    if (await wasTaken(this.db, take)) return heldAgain<HeldFile>(this.db, sql.held, take);
    const { now, maxFiles } = take;
    const forgetBefore = now - TAKE_MEMORY_MS;
    return runTake<HeldFile>(this.db, sql, take, { now, maxFiles, forgetBefore, ...own });
  }

  private async slicesOf(files: readonly number[]): Promise<Map<number, SliceDigest[]>> {
    const slices = new Map<number, SliceDigest[]>(files.map((id) => [id, []]));
    const found = await rows<SliceDigest & { file_id: number }>(this.db, SLICES, {
      files: JSON.stringify(files),
    });
    for (const { file_id, ...slice } of found) slices.get(file_id)?.push(slice);
    return slices;
  }
}

function toResolving(row: HeldFile): ResolvingFile {
  return {
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: row.virtual_path,
    source_path: row.source_path,
    size_bytes: row.size_bytes,
    source_digest: row.source_digest,
    target_size_bytes: row.target_size_bytes ?? 0,
    target_digest: row.target_digest,
  };
}

function toProving(row: HeldFile): ProvingFile {
  return {
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: row.virtual_path,
    source_path: row.source_path,
    source_stamp: row.source_stamp,
  };
}

function toPlacing(row: HeldFile, slices: SliceDigest[]): PlacingFile {
  return {
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: row.virtual_path,
    mode: row.mode === 'unresolved' ? 'full' : row.mode,
    source_path: row.source_path,
    size_bytes: row.size_bytes,
    source_digest: row.source_digest,
    transfer_offset_bytes: row.transfer_offset_bytes,
    target_path: row.target_path,
    target_digest: row.target_digest,
    target_size_bytes: row.target_size_bytes,
    source_metadata: row.source_metadata,
    dest_sub: row.dest_sub,
    dest_name: row.dest_name,
    repair_found_sha256: row.repair_found_sha256,
    slices,
  };
}
