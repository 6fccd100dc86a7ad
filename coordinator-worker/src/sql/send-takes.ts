// SPDX-License-Identifier: Apache-2.0
import { isReachedFrom, isUncut, NOT_LEFT_TO_OTHERS } from './conditions';
import { HELD_TASK, LEASES, NEXT_EPOCH, NEXT_KEY, objectKey } from './leases';
import {
  countTaken,
  firstTasks,
  forgetTakes,
  insertTake,
  IS_PICKED,
  nextEpoch,
  PICKED,
  roomy,
  WANTED,
  type TakeSql,
} from './picks';

/**
 * Taking tasks to send: those that were given back, and new ones cut from the cursors of files.
 *
 * How picking stays cheap: each branch goes through a partial index and stops at :maxTasks rows; windows
 * and byte limits are running sums over these few. Nothing is asked with OR.
 */

const IS_REACHED = isReachedFrom(':host');

/** Tasks that were given back. Needs :now, :host, :maxTasks. */
const RETURNED = `returned AS (
  SELECT w.rank, w.job_no, w.room, t.file_id, t.slice_no, ${nextEpoch('t.lease_epoch')} AS epoch, t.length_bytes,
         t.failures <> '{}' AS failed
    FROM wanted w CROSS JOIN tasks t ON t.zone_no = w.zone_no AND t.state = 'pending'
   CROSS JOIN files f ON f.file_id = t.file_id
   WHERE t.not_before <= :now AND ${NOT_LEFT_TO_OTHERS} AND ${IS_REACHED}
   LIMIT :maxTasks)`;

/** Files with slices left to cut: those begun first, then the largest. Needs :now, :host, :maxTasks. */
const UNCUT = `uncut AS (
  SELECT w.rank, w.job_no, w.room, w.slice_bytes, u.file_id, u.next_slice, u.transfer_bytes,
         u.slices_total - u.next_slice AS slices, ${nextEpoch('u.epoch_floor')} AS epoch,
         u.next_slice > 0 AS begun, u.uncut_bytes
    FROM wanted w CROSS JOIN files u ON u.file_id IN (
      SELECT f.file_id FROM files f
       WHERE f.zone_no = w.zone_no AND ${isUncut('f')} AND ${IS_REACHED}
       ORDER BY f.next_slice > 0 DESC, f.uncut_bytes DESC LIMIT :maxTasks)
   WHERE w.room > 0)`;

/** As many slices of them as could be taken, one after another. Needs :maxTasks. */
const CUT = `
  lined_up AS (
    SELECT *, coalesce(sum(slices) OVER (PARTITION BY job_no
             ORDER BY rank, begun DESC, uncut_bytes DESC, file_id
             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS ahead
      FROM uncut),
  steps AS (
    SELECT *, 0 AS step FROM lined_up WHERE ahead < :maxTasks
    UNION ALL
    SELECT rank, job_no, room, slice_bytes, file_id, next_slice, transfer_bytes, slices, epoch, begun,
           uncut_bytes, ahead, step + 1
      FROM steps WHERE step + 1 < slices AND ahead + step + 1 < :maxTasks),
  cut AS (
    SELECT rank, job_no, room, file_id, next_slice + step AS slice_no, epoch,
           min(slice_bytes, transfer_bytes - (next_slice + step) * slice_bytes) AS length_bytes,
           ahead + step AS line
      FROM steps)`;

/** A probe of a failing host takes what failed nowhere first. Needs :probe. */
const CANDIDATES = `candidates AS (
  SELECT CASE WHEN failed AND :probe THEN 2 ELSE 0 END AS fresh, rank, job_no, room, file_id, slice_no, epoch,
         length_bytes, slice_no AS line
    FROM returned
  UNION ALL
  SELECT 1, rank, job_no, room, file_id, slice_no, epoch, length_bytes, line FROM cut)`;

const PICK = insertTake(
  firstTasks('roomy WHERE reserved <= room', 'fresh, rank, job_no, line, file_id, slice_no'),
  `WITH RECURSIVE
${WANTED},
${RETURNED},
${UNCUT},
${CUT},
${CANDIDATES},
${roomy('candidates', 'fresh, rank, line, file_id, slice_no')}`,
);

/** The unary plus keeps the partial index out: the picked rows are few, the index may hold thousands. Needs :agent, :now. */
const LEASE_RETURNED = `
WITH ${PICKED}
UPDATE tasks SET state = 'uploading', lease_session = :session, lease_epoch = ${NEXT_EPOCH},
    upload_epoch = ${NEXT_EPOCH}, sha256 = NULL, sender = :agent,
    rival_session = NULL, rival_epoch = NULL, object_key = ${NEXT_KEY}
 WHERE ${IS_PICKED} AND +state = 'pending'`;

/** Needs :agent. */
const LEASE_NEW = `
WITH ${PICKED}
INSERT INTO tasks (file_id, slice_no, job_no, zone_no, state, offset_bytes, length_bytes,
                   lease_session, lease_epoch, upload_epoch, object_key, sender)
SELECT p.file_id, p.slice_no, f.job_no, f.zone_no, 'uploading',
       f.transfer_offset_bytes + p.slice_no * j.slice_size_bytes,
       min(j.slice_size_bytes, f.transfer_bytes - p.slice_no * j.slice_size_bytes),
       :session, p.epoch, p.epoch, ${objectKey('j.job_id', 'p', 'p.epoch')}, :agent
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

const COUNT = countTaken('pending', 'uploading', [
  'window_used_bytes = jobs.window_used_bytes + d.bytes_uploading',
]);

/** Needs the take's key, :now, :zones, :host, :agent, :maxTasks, :maxBytes, :probe, :forgetBefore. */
export const TAKE_SEND: TakeSql = {
  steps: [PICK, LEASE_RETURNED, LEASE_NEW, ADVANCE, COUNT, forgetTakes(HELD_TASK)],
  held: LEASES,
};

/** Needs :now, :zones, :host, and :maxTasks, of which 1 is enough here. */
export const WHY_NO_SEND = `
WITH
${WANTED},
${RETURNED},
  busy AS (SELECT control FROM jobs WHERE state <> 'done' AND tasks_pending > 0)
SELECT NOT EXISTS (SELECT 1 FROM busy WHERE control = 'run') AS idle,
       EXISTS (SELECT 1 FROM busy WHERE control = 'paused') AS paused,
       EXISTS (SELECT 1 FROM returned)
       OR EXISTS (SELECT 1 FROM wanted w CROSS JOIN files f ON f.zone_no = w.zone_no
                   WHERE ${isUncut('f')} AND ${IS_REACHED}) AS blocked,
       EXISTS (SELECT 1 FROM wanted w CROSS JOIN tasks t ON t.zone_no = w.zone_no
                WHERE t.state = 'pending' AND NOT (t.not_before <= :now AND ${NOT_LEFT_TO_OTHERS})) AS backing_off`;
