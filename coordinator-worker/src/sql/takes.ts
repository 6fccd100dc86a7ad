// SPDX-License-Identifier: Apache-2.0
import type { Lease, Wait } from '../generated/messages';
import { JOB_CHARS_IN_KEY } from '../domain/names';
import { TAKE_MEMORY_MS } from '../domain/settings';
import type { RecvTake, SendTake, TakeKey } from '../domain/store';
import { NOT_LEFT_TO_OTHERS } from './failures';
import { holdsPick, LEASES, toLease, type LeaseRow } from './leases';
import { rows, statement, transaction } from './statement';
import { updateTotals } from './totals';

/**
 * Taking tasks: one transaction, so that two agents never get the same epoch of a task. Its first
 * statement picks and writes the take down; the others carry out what the take says, and do nothing
 * where nothing was picked.
 *
 * How picking stays cheap: each branch goes through a partial index and stops at ?5 rows; windows
 * and byte limits are running sums over these few. Nothing is asked with OR.
 *
 * Values: ?1 session, ?2 request, ?3 kind, ?4 now, ?5 max tasks, ?6 max bytes, ?7 zones (send) or
 * free bytes (recv), ?8 host, ?9 domain, ?10 agent name, ?11 takes before this may be forgotten,
 * ?12 (send) whether it is a probe of a failing host.
 */
export const HOST_IS_FINE = `NOT EXISTS (
  SELECT 1 FROM json_each(f.refused) r WHERE r.key = ?8 AND r.value > ?4)`;

/** Jobs that are held back are few, those that run may be many. */
export const JOB_RUNS = `f.job_no NOT IN (SELECT job_no FROM jobs WHERE control <> 'run')`;

export const TAKE = `
INSERT INTO takes (session_id, request_id, kind, taken_at, picks)`;

export const PICK = `
SELECT ?1, ?2, ?3, ?4, json_group_array(json_array(file_id, slice_no, epoch)) FROM (
  SELECT file_id, slice_no, epoch FROM counted
   WHERE place <= ?5 AND (place = 1 OR total <= ?6)
     AND EXISTS (SELECT 1 FROM sessions
                  WHERE session_id = ?1 AND state = 'open' AND expires_at > ?4)
   ORDER BY place)
HAVING count(*) > 0`;

export const WANTED_ZONES = `
  wanted AS (
    SELECT z.zone_no, z.job_no, w.key AS rank, j.slice_size_bytes AS slice_bytes,
           j.window_bytes - j.window_used_bytes AS room
      FROM jobs j CROSS JOIN (SELECT value, min(key) AS key FROM json_each(?7) GROUP BY value) w
     CROSS JOIN zones z ON z.job_no = j.job_no AND z.zone = w.value
     WHERE j.state <> 'done' AND j.control = 'run'
     ORDER BY w.key, z.job_no)`;

const RETURNED = `
  returned AS (
    SELECT w.rank, w.job_no, w.room, t.file_id, t.slice_no, t.lease_epoch + 1 AS epoch, t.length_bytes,
           t.failures <> '{}' AS failed
      FROM wanted w CROSS JOIN tasks t ON t.zone_no = w.zone_no AND t.state = 'pending'
     CROSS JOIN files f ON f.file_id = t.file_id
     WHERE t.not_before <= ?4 AND ${NOT_LEFT_TO_OTHERS} AND ${HOST_IS_FINE}
     LIMIT ?5)`;

const UNCUT = `
  uncut AS (
    SELECT w.rank, w.job_no, w.room, w.slice_bytes, u.file_id, u.next_slice, u.transfer_bytes,
           u.slices_total - u.next_slice AS slices, u.epoch_floor + 1 AS epoch,
           u.next_slice > 0 AS begun, u.uncut_bytes
      FROM wanted w CROSS JOIN files u ON u.file_id IN (
        SELECT f.file_id FROM files f
         WHERE f.zone_no = w.zone_no AND f.state = 'transferring' AND f.next_slice < f.slices_total
           AND ${HOST_IS_FINE}
         ORDER BY f.next_slice > 0 DESC, f.uncut_bytes DESC LIMIT ?5)
     WHERE w.room > 0)`;

const PICK_SEND = `
${TAKE}
WITH RECURSIVE
${WANTED_ZONES},
${RETURNED},
${UNCUT},
  lined_up AS (
    SELECT *, coalesce(sum(slices) OVER (PARTITION BY job_no
             ORDER BY rank, begun DESC, uncut_bytes DESC, file_id
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
      FROM uncut),
  steps AS (
    SELECT *, 0 AS step FROM lined_up WHERE ahead < ?5
    UNION ALL
    SELECT rank, job_no, room, slice_bytes, file_id, next_slice, transfer_bytes, slices, epoch, begun,
           uncut_bytes, ahead, step + 1
      FROM steps WHERE step + 1 < slices AND ahead + step + 1 < ?5),
  cut AS (
    SELECT rank, job_no, room, file_id, next_slice + step AS slice_no, epoch,
           min(slice_bytes, transfer_bytes - (next_slice + step) * slice_bytes) AS length_bytes,
           ahead + step AS line
      FROM steps),
  candidates AS (
    SELECT CASE WHEN failed AND ?12 THEN 2 ELSE 0 END AS fresh, rank, job_no, room, file_id, slice_no, epoch, length_bytes, slice_no AS line
      FROM returned
    UNION ALL
    SELECT 1, rank, job_no, room, file_id, slice_no, epoch, length_bytes, line FROM cut),
  roomy AS (
    SELECT *, sum(length_bytes) OVER (PARTITION BY job_no
             ORDER BY fresh, rank, line, file_id, slice_no ROWS UNBOUNDED PRECEDING) AS reserved
      FROM candidates),
  counted AS (
    SELECT file_id, slice_no, epoch, row_number() OVER line_of_all AS place,
           sum(length_bytes) OVER line_of_all AS total
      FROM roomy WHERE reserved <= room
    WINDOW line_of_all AS (ORDER BY fresh, rank, job_no, line, file_id, slice_no
                           ROWS UNBOUNDED PRECEDING))
${PICK}`;

export const PICKED = `picked AS (
  SELECT p.value ->> 0 AS file_id, p.value ->> 1 AS slice_no, p.value ->> 2 AS epoch
    FROM takes k CROSS JOIN json_each(k.picks) p
   WHERE k.session_id = ?1 AND k.request_id = ?2 AND k.kind = ?3)`;

/** An attempt's own key: a late writer of a former epoch can't touch it. */
export const objectKey = (jobId: string, row: string, epoch: string) =>
  `substr(${jobId}, 1, ${JOB_CHARS_IN_KEY}) || '/' || ${row}.file_id || '/' || ${row}.slice_no || '.' || ${epoch}`;

/** The unary plus keeps the partial index out: the picked rows are few, the index may hold thousands. */
const pickedIn = (state: string) =>
  `(file_id, slice_no) IN (SELECT file_id, slice_no FROM picked) AND +state = '${state}'`;

const LEASE_RETURNED = `
WITH ${PICKED}
UPDATE tasks SET state = 'uploading', lease_session = ?1, lease_epoch = lease_epoch + 1,
    upload_epoch = lease_epoch + 1, sha256 = NULL, sender = ?10,
    rival_session = NULL, rival_epoch = NULL,
    object_key = ${objectKey(
      '(SELECT j.job_id FROM jobs j WHERE j.job_no = tasks.job_no)',
      'tasks',
      '(tasks.lease_epoch + 1)',
    )}
 WHERE ${pickedIn('pending')}`;

const LEASE_NEW = `
WITH ${PICKED}
INSERT INTO tasks (file_id, slice_no, job_no, zone_no, state, offset_bytes, length_bytes,
                   lease_session, lease_epoch, upload_epoch, object_key, sender)
SELECT p.file_id, p.slice_no, f.job_no, f.zone_no, 'uploading',
       f.transfer_offset_bytes + p.slice_no * j.slice_size_bytes,
       min(j.slice_size_bytes, f.transfer_bytes - p.slice_no * j.slice_size_bytes),
       ?1, p.epoch, p.epoch, ${objectKey('j.job_id', 'p', 'p.epoch')}, ?10
  FROM picked p CROSS JOIN files f ON f.file_id = p.file_id CROSS JOIN jobs j ON j.job_no = f.job_no
 WHERE p.slice_no >= f.next_slice`;

const ADVANCE = `
WITH ${PICKED}
UPDATE files SET next_slice = c.upto, uncut_bytes = uncut_bytes - c.bytes
  FROM (SELECT p.file_id, max(p.slice_no) + 1 AS upto, sum(t.length_bytes) AS bytes
          FROM picked p CROSS JOIN files f ON f.file_id = p.file_id
         CROSS JOIN tasks t ON t.file_id = p.file_id AND t.slice_no = p.slice_no
         WHERE p.slice_no >= f.next_slice GROUP BY p.file_id) c
 WHERE files.file_id = c.file_id`;

const taken = (was: string, becomes: string) => `${PICKED}, moved AS (
  SELECT t.job_no, 'task' AS what, '${was}' AS was, '${becomes}' AS becomes, count(*) AS n,
         sum(t.length_bytes) AS bytes
    FROM picked p CROSS JOIN tasks t ON t.file_id = p.file_id AND t.slice_no = p.slice_no
   GROUP BY t.job_no)`;

const COUNT_SENT = updateTotals(taken('pending', 'uploading'), [
  'window_used_bytes = jobs.window_used_bytes + d.bytes_uploading',
]);

const COUNT_RECEIVED = updateTotals(taken('uploaded', 'downloading'));

/** Takes of this session that hold nothing any more and are old enough for no repeat to come. */
export const FORGET_TAKES = `
DELETE FROM takes
 WHERE session_id = ?1 AND kind = ?3 AND taken_at <= ?11
   AND NOT EXISTS (
     SELECT 1 FROM json_each(takes.picks) p
       CROSS JOIN tasks t ON t.file_id = (p.value ->> 0) AND t.slice_no = (p.value ->> 1)
      WHERE ${holdsPick('?1')})`;

const TAKE_SEND = [PICK_SEND, LEASE_RETURNED, LEASE_NEW, ADVANCE, COUNT_SENT, FORGET_TAKES, LEASES];

/** What this domain's begun files will still need of its staging. */
const PROMISED = `
  promised AS (
    SELECT coalesce(sum(transfer_bytes - downloaded_bytes), 0) AS bytes
      FROM files WHERE domain = ?9 AND state = 'transferring' AND next_slice > 0)`;

const uploadedOf = (domain: string, and: string) => `
    SELECT f.file_id, t.slice_no, t.lease_epoch + 1 AS epoch, t.length_bytes, f.transfer_bytes
      FROM files f CROSS JOIN tasks t ON t.file_id = f.file_id AND t.state = 'uploaded'
     WHERE f.domain = ${domain} AND f.state = 'transferring' AND f.next_slice > 0
       AND ${JOB_RUNS} AND t.not_before <= ?4 AND ${NOT_LEFT_TO_OTHERS}
       AND ${HOST_IS_FINE} ${and}
     ORDER BY f.file_id, t.slice_no LIMIT ?5`;

const PICK_RECV = `
${TAKE}
WITH
${PROMISED},
  tied AS (${uploadedOf('?9', '')}),
  untied AS (${uploadedOf("''", 'AND f.transfer_bytes <= ?7 - (SELECT bytes FROM promised)')}),
  candidates AS (
    SELECT 0 AS begins, file_id, slice_no, epoch, length_bytes, 0 AS staged FROM tied
    UNION ALL
    SELECT 1, file_id, slice_no, epoch, length_bytes,
           CASE WHEN row_number() OVER (PARTITION BY file_id ORDER BY slice_no) = 1
                THEN transfer_bytes ELSE 0 END
      FROM untied),
  staged AS (
    SELECT *, sum(staged) OVER (ORDER BY begins, file_id, slice_no ROWS UNBOUNDED PRECEDING) AS needed
      FROM candidates),
  counted AS (
    SELECT file_id, slice_no, epoch, row_number() OVER line_of_all AS place,
           sum(length_bytes) OVER line_of_all AS total
      FROM staged WHERE begins = 0 OR needed <= ?7 - (SELECT bytes FROM promised)
    WINDOW line_of_all AS (ORDER BY begins, file_id, slice_no ROWS UNBOUNDED PRECEDING))
${PICK}`;

const LEASE_UPLOADED = `
WITH ${PICKED}
UPDATE tasks SET state = 'downloading', lease_session = ?1, lease_epoch = lease_epoch + 1, receiver = ?10
 WHERE ${pickedIn('uploaded')}`;

const TIE = `
WITH ${PICKED}
UPDATE files SET domain = ?9
 WHERE +domain = '' AND file_id IN (SELECT file_id FROM picked)`;

const TAKE_RECV = [PICK_RECV, LEASE_UPLOADED, TIE, COUNT_RECEIVED, FORGET_TAKES, LEASES];

const FREE_UNKNOWN = Number.MAX_SAFE_INTEGER;

export const takeSend = (db: D1Database, take: SendTake): Promise<Lease[]> =>
  runTake(db, TAKE_SEND, take, sendValues(take));

export const takeRecv = (db: D1Database, take: RecvTake): Promise<Lease[]> =>
  runTake(db, TAKE_RECV, take, recvValues(take));

export const sendValues = (take: SendTake) => [
  ...values(take, JSON.stringify(take.zones)),
  take.probe ? 1 : 0,
];
const recvValues = (take: RecvTake) => values(take, take.freeBytes ?? FREE_UNKNOWN);

function values(take: SendTake | RecvTake, seventh: string | number) {
  const { session } = take;
  return [
    take.sessionId,
    take.requestId,
    take.kind,
    take.now,
    take.maxTasks,
    take.maxBytes,
    seventh,
    session.host,
    session.domain,
    session.name,
    take.now - TAKE_MEMORY_MS,
  ];
}

export async function runTake(
  db: D1Database,
  sql: readonly string[],
  take: TakeKey,
  bound: readonly (string | number)[],
): Promise<Lease[]> {
  try {
    const statements = sql.map((each) => statement(db, each, bound));
    return (await transaction<LeaseRow>(db, statements)).map(toLease);
  } catch (error) {
    // The same request twice at the same time: the other one has taken.
    if (await wasTaken(db, take)) return leasesAgain(db, take);
    throw error;
  }
}

const WAS_TAKEN = `SELECT 1 FROM takes WHERE session_id = ?1 AND request_id = ?2 AND kind = ?3`;

export async function wasTaken(db: D1Database, take: TakeKey): Promise<boolean> {
  return (await rows(statement(db, WAS_TAKEN, keyValues(take)))).length > 0;
}

export async function leasesAgain(db: D1Database, take: TakeKey): Promise<Lease[]> {
  return (await rows<LeaseRow>(statement(db, LEASES, keyValues(take)))).map(toLease);
}

export const keyValues = (take: TakeKey) => [take.sessionId, take.requestId, take.kind];

/** ?5 is 1 here: one candidate is enough. */
const WHY_NO_SEND = `
WITH
${WANTED_ZONES},
${RETURNED},
  busy AS (SELECT control FROM jobs WHERE state <> 'done' AND tasks_pending > 0)
SELECT NOT EXISTS (SELECT 1 FROM busy WHERE control = 'run') AS idle,
       EXISTS (SELECT 1 FROM busy WHERE control = 'paused') AS paused,
       EXISTS (SELECT 1 FROM returned)
       OR EXISTS (SELECT 1 FROM wanted w CROSS JOIN files f ON f.zone_no = w.zone_no
                   WHERE f.state = 'transferring' AND f.next_slice < f.slices_total
                     AND ${HOST_IS_FINE}) AS blocked,
       EXISTS (SELECT 1 FROM wanted w CROSS JOIN tasks t ON t.zone_no = w.zone_no
                WHERE t.state = 'pending' AND NOT (t.not_before <= ?4 AND ${NOT_LEFT_TO_OTHERS})) AS backing_off`;

export async function whyNoSend(db: D1Database, take: SendTake): Promise<Wait['reason']> {
  const bound = sendValues({ ...take, maxTasks: 1 });
  const [found] = await rows<{
    idle: number;
    paused: number;
    blocked: number;
    backing_off: number;
  }>(statement(db, WHY_NO_SEND, bound));
  if (found === undefined) return 'no_work';
  if (found.idle === 1) return found.paused === 1 ? 'paused' : 'no_work';
  if (found.blocked === 1) return 'window_full';
  return found.backing_off === 1 ? 'no_work' : 'not_reachable';
}

/**
 * Whether a file that nobody has begun to receive would be given out if there were more space, or if
 * its job weren't paused. (Both conditions on control, so that the partial index serves.)
 */
const WHY_NO_RECV = `
SELECT EXISTS (${uploadedOf("''", '')}) AS too_large,
       EXISTS (SELECT 1 FROM jobs WHERE control = 'paused' AND control <> 'run'
                AND state <> 'done' AND tasks_uploaded > 0) AS paused`;

export async function whyNoRecv(db: D1Database, take: RecvTake): Promise<Wait['reason']> {
  const bound = recvValues({ ...take, maxTasks: 1 });
  const [found] = await rows<{ too_large: number; paused: number }>(
    statement(db, WHY_NO_RECV, bound),
  );
  if (found?.too_large === 1) return 'no_space';
  return found?.paused === 1 ? 'paused' : 'no_work';
}
