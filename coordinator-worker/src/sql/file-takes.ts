// SPDX-License-Identifier: Apache-2.0
import type { PlacingFile, ResolvingFile, SliceDigest } from '../generated/messages';
import type { FileTake, ResolvingTake } from '../domain/store';
import { TAKE_MEMORY_MS } from '../domain/settings';
import { rows, statement, transaction } from './statement';
import { JOB_RUNS, keyValues, wasTaken } from './takes';

/**
 * Taking whole files: to check a prefix, or to place. As in takes.ts, the first statement picks.
 *
 * Values: ?1 session, ?2 request, ?3 kind, ?4 now, ?5 max files, ?6 zones or domain, ?7 host,
 * ?8 takes before this may be forgotten, ?9 checks taken before this are offered again.
 */
const pick = (candidates: string) => `
INSERT INTO takes (session_id, request_id, kind, taken_at, picks)
SELECT ?1, ?2, ?3, ?4, json_group_array(json_array(file_id, -1, epoch)) FROM (
  SELECT c.file_id, c.epoch FROM (${candidates}) c
   WHERE EXISTS (SELECT 1 FROM sessions
                  WHERE session_id = ?1 AND state = 'open' AND expires_at > ?4)
   LIMIT ?5)
HAVING count(*) > 0`;

const HOST_IS_FINE = `NOT EXISTS (
  SELECT 1 FROM json_each(f.refused) r WHERE r.key = ?7 AND r.value > ?4)`;

const UNRESOLVED = `
SELECT f.file_id, f.lease_epoch + 1 AS epoch
  FROM (SELECT z.zone_no FROM jobs j
         CROSS JOIN (SELECT value, min(key) AS key FROM json_each(?6) GROUP BY value) w
         CROSS JOIN zones z ON z.job_no = j.job_no AND z.zone = w.value
         WHERE j.state <> 'done' AND j.control = 'run' ORDER BY w.key, z.job_no) z
 CROSS JOIN files f ON f.zone_no = z.zone_no
 WHERE f.state = 'unresolved' AND f.lease_session IS NULL AND ${HOST_IS_FINE}`;

const OFFER_FORGOTTEN = `
UPDATE files SET lease_session = NULL
 WHERE state = 'unresolved' AND (file_id, lease_session, lease_epoch) IN (
   SELECT p.value ->> 0, k.session_id, p.value ->> 2
     FROM takes k CROSS JOIN json_each(k.picks) p
    WHERE k.kind = 'resolve' AND k.taken_at <= ?9)`;

const READY_TO_PLACE = `
SELECT f.file_id, f.lease_epoch + 1 AS epoch FROM files f
 WHERE f.domain = ?6 AND f.state = 'placing' AND f.held = 0 AND f.lease_session IS NULL AND ${JOB_RUNS}`;

const PICKED = `
SELECT p.value ->> 0 FROM takes k CROSS JOIN json_each(k.picks) p
 WHERE k.session_id = ?1 AND k.request_id = ?2 AND k.kind = ?3`;

const LEASE = `
UPDATE files SET lease_session = ?1, lease_epoch = lease_epoch + 1
 WHERE file_id IN (${PICKED})`;

const FORGET_TAKES = `
DELETE FROM takes
 WHERE session_id = ?1 AND kind = ?3 AND taken_at <= ?8
   AND NOT EXISTS (
     SELECT 1 FROM json_each(takes.picks) p CROSS JOIN files f ON f.file_id = (p.value ->> 0)
      WHERE f.lease_session = ?1 AND f.lease_epoch = (p.value ->> 2))`;

const HELD = `
SELECT f.file_id, j.job_id, f.lease_epoch, f.virtual_path, f.mode, f.source_path, f.size_bytes,
       f.source_digest, f.transfer_offset_bytes, f.target_path, f.target_size_bytes, f.target_digest,
       f.dest_sub, f.dest_name
  FROM takes k CROSS JOIN json_each(k.picks) p CROSS JOIN files f ON f.file_id = (p.value ->> 0)
  JOIN jobs j ON j.job_no = f.job_no
 WHERE k.session_id = ?1 AND k.request_id = ?2 AND k.kind = ?3
   AND f.lease_session = ?1 AND f.lease_epoch = (p.value ->> 2)
 ORDER BY p.key`;

interface HeldFile {
  file_id: number;
  job_id: string;
  lease_epoch: number;
  virtual_path: string;
  mode: 'full' | 'append' | 'unresolved';
  source_path: string;
  size_bytes: number;
  source_digest: string | null;
  transfer_offset_bytes: number;
  target_path: string | null;
  target_size_bytes: number | null;
  target_digest: string | null;
  dest_sub: string;
  dest_name: string;
}

const TAKE_RESOLVING = [OFFER_FORGOTTEN, pick(UNRESOLVED), LEASE, FORGET_TAKES, HELD];
const TAKE_PLACING = [pick(READY_TO_PLACE), LEASE, FORGET_TAKES, HELD];

export async function takeResolving(db: D1Database, take: ResolvingTake): Promise<ResolvingFile[]> {
  const zones = JSON.stringify(take.zones);
  const held = await run(db, TAKE_RESOLVING, take, [zones, take.forgottenBefore]);
  return held.map((row) => ({
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: row.virtual_path,
    source_path: row.source_path,
    size_bytes: row.size_bytes,
    source_digest: row.source_digest,
    target_size_bytes: row.target_size_bytes ?? 0,
    target_digest: row.target_digest,
  }));
}

const SLICES = `
SELECT t.file_id, t.offset_bytes, t.length_bytes, t.sha256
  FROM json_each(?1) i CROSS JOIN tasks t ON t.file_id = i.value
 ORDER BY t.file_id, t.slice_no`;

export async function takePlacing(db: D1Database, take: FileTake): Promise<PlacingFile[]> {
  const held = await run(db, TAKE_PLACING, take, [take.session.domain, 0]);
  const slices = new Map<number, SliceDigest[]>(held.map((row) => [row.file_id, []]));
  const ids = JSON.stringify([...slices.keys()]);
  for (const { file_id, ...slice } of held.length === 0
    ? []
    : await rows<SliceDigest & { file_id: number }>(statement(db, SLICES, [ids]))) {
    slices.get(file_id)?.push(slice);
  }
  return held.map((row) => ({
    file_id: String(row.file_id),
    job_id: row.job_id,
    lease_epoch: row.lease_epoch,
    virtual_path: row.virtual_path,
    mode: row.mode === 'append' ? 'append' : 'full',
    source_path: row.source_path,
    size_bytes: row.size_bytes,
    source_digest: row.source_digest,
    transfer_offset_bytes: row.transfer_offset_bytes,
    target_path: row.target_path,
    target_digest: row.target_digest,
    dest_sub: row.dest_sub,
    dest_name: row.dest_name,
    slices: slices.get(row.file_id) ?? [],
  }));
}

async function run(
  db: D1Database,
  sql: readonly string[],
  take: FileTake,
  [sixth, ninth]: readonly [string, number],
): Promise<HeldFile[]> {
  if (await wasTaken(db, take)) return again(db, take);
  const bound = [
    ...keyValues(take),
    take.now,
    take.maxFiles,
    sixth,
    take.session.host,
    take.now - TAKE_MEMORY_MS,
    ninth,
  ];
  try {
    return await transaction<HeldFile>(
      db,
      sql.map((each) => statement(db, each, bound)),
    );
  } catch (error) {
    // The same request twice at the same time: the other one has taken.
    if (await wasTaken(db, take)) return again(db, take);
    throw error;
  }
}

const again = (db: D1Database, take: FileTake): Promise<HeldFile[]> =>
  rows<HeldFile>(statement(db, HELD, keyValues(take)));
