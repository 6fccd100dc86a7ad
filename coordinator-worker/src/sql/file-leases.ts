// SPDX-License-Identifier: Apache-2.0
import type { FileRow, FileTransition, HeldFile } from '../domain/model';
import type { FileLeases, LeaseEnd } from '../domain/ports/leases';
import { isBegun, isLive, isReachedFrom } from './conditions';
import { parseFailures, UNTRIED_FILES } from './failures';
import { fileMoves } from './file-moves';
import { IS_FILE_HELD } from './file-takes';
import { IS_TAKEN_BEFORE, PICKED_FILE, PICKS } from './picks';
import { groupsOf, settleAllOfGroups } from './publishing';
import { rows, transaction } from './statement';
import { GUARDED, restartFiles } from './whole-files';

/** Needs :ids. */
const FIND = `
SELECT f.file_id, f.state, f.mode, f.size_bytes, f.target_size_bytes, f.planned_path, f.slices_total,
       f.epoch_floor, f.restarts, f.lease_session, f.lease_epoch, j.slice_size_bytes, f.last_error,
       f.attempts, f.failures, f.unproved
  FROM json_each(:ids) i CROSS JOIN files f ON f.file_id = i.value JOIN jobs j ON j.job_no = f.job_no`;

/** Needs :session, :takenBefore. */
const HELD = `
SELECT f.file_id, f.lease_epoch
  FROM ${PICKS} ${PICKED_FILE}
 WHERE k.session_id = :session AND k.kind NOT IN ('send', 'recv')
   AND ${IS_TAKEN_BEFORE} AND ${IS_FILE_HELD}`;

/** File `f` of a domain `gone` is of a job for the same destination. */
const OF_ITS_JOBS =
  'EXISTS (SELECT 1 FROM jobs j WHERE j.job_no = f.job_no AND j.destination = gone.destination)';

/** Files of domains of which no session is open and none was seen since. At most 20 at a time. Needs :seenSince. */
const FIND_STRANDED = `
WITH gone AS (
  SELECT destination, domain FROM sessions WHERE destination IS NOT NULL GROUP BY destination, domain
  HAVING max(CASE WHEN state IN ('open', 'closing') THEN :seenSince + 1 ELSE last_seen_at END) <= :seenSince)
SELECT f.file_id FROM gone CROSS JOIN files f ON f.domain = gone.domain
 WHERE ${isBegun('f')} AND ${OF_ITS_JOBS}
UNION ALL
SELECT f.file_id FROM gone CROSS JOIN files f ON f.domain = gone.domain
 WHERE f.state = 'placing' AND f.held IN (0, 1) AND ${OF_ITS_JOBS}
 LIMIT 20`;

/** Those of :items that still are. Needs :items, :seenSince. */
const STRANDED = `
SELECT ${GUARDED}, 'every agent of domain ' || f.domain || ' is gone: started again' AS error
  FROM json_each(:items) i CROSS JOIN files f ON f.file_id = i.value JOIN jobs j ON j.job_no = f.job_no
 WHERE f.domain <> '' AND f.state IN ('transferring', 'placing')
   AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.domain = f.domain AND s.destination = j.destination
                    AND (s.state IN ('open', 'closing') OR s.last_seen_at > :seenSince))`;

const RESTART_STRANDED = [...restartFiles(STRANDED), ...settleAllOfGroups(groupsOf('i.value'))];

/** Needs :ids, :session, :now. */
const REACHED_ELSEWHERE = `
SELECT f.file_id
  FROM json_each(:ids) i CROSS JOIN files f ON f.file_id = i.value JOIN zones z ON z.zone_no = f.zone_no
 WHERE EXISTS (
   SELECT 1 FROM sessions s
    WHERE ${isLive('s')} AND s.role <> 'recv'
      AND s.host <> (SELECT host FROM sessions WHERE session_id = :session)
      AND z.zone IN (SELECT value FROM json_each(s.zones) UNION ALL SELECT value FROM json_each(s.dear_zones))
      AND ${isReachedFrom('s.host')})`;

interface StoredFile {
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
  attempts: number;
  failures: string;
  unproved: number;
}

export class D1FileLeases implements FileLeases {
  constructor(private readonly db: D1Database) {}

  async find(ids: readonly number[]): Promise<ReadonlyMap<number, FileRow>> {
    return byId(await rows<StoredFile>(this.db, FIND, { ids: JSON.stringify(ids) }));
  }

  async heldBy(sessionId: string, takenBefore: number | null): Promise<HeldFile[]> {
    const found = await rows<Pick<StoredFile, 'file_id' | 'lease_epoch'>>(this.db, HELD, {
      session: sessionId,
      takenBefore,
    });
    return found.map((row) => ({ fileId: row.file_id, leaseEpoch: row.lease_epoch }));
  }

  async untriedElsewhere(
    ids: readonly number[],
    host: string,
    now: number,
  ): Promise<ReadonlySet<number>> {
    const values = { ids: JSON.stringify(ids), host, now };
    const found = await rows<Pick<StoredFile, 'file_id'>>(this.db, UNTRIED_FILES, values);
    return new Set(found.map(({ file_id }) => file_id));
  }

  async move(
    sessionId: string,
    transitions: readonly FileTransition[],
    { ids, now, laterAt }: LeaseEnd & { readonly ids: readonly number[] },
  ): Promise<ReadonlyMap<number, FileRow>> {
    const found = await transaction<StoredFile>(this.db, [...fileMoves(transitions), FIND], {
      items: JSON.stringify(transitions),
      session: sessionId,
      now,
      later: laterAt,
      ids: JSON.stringify(ids),
    });
    return byId(found);
  }

  async reachedElsewhere(
    ids: readonly number[],
    sessionId: string,
    now: number,
  ): Promise<ReadonlySet<number>> {
    const values = { ids: JSON.stringify(ids), session: sessionId, now };
    const found = await rows<Pick<StoredFile, 'file_id'>>(this.db, REACHED_ELSEWHERE, values);
    return new Set(found.map(({ file_id }) => file_id));
  }

  async restartStranded({
    seenSince,
    now,
    laterAt,
  }: LeaseEnd & { readonly seenSince: number }): Promise<number> {
    const found = await rows<{ file_id: number }>(this.db, FIND_STRANDED, { seenSince });
    if (found.length === 0) return 0;
    const items = JSON.stringify(found.map(({ file_id }) => file_id));
    await transaction(this.db, RESTART_STRANDED, { items, seenSince, now, later: laterAt });
    return found.length;
  }
}

function byId(found: readonly StoredFile[]): ReadonlyMap<number, FileRow> {
  return new Map(found.map((row) => [row.file_id, fileRow(row)]));
}

function fileRow(row: StoredFile): FileRow {
  return {
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
    attempts: row.attempts,
    failures: parseFailures(row.failures),
    unproved: row.unproved === 1,
  };
}
