// SPDX-License-Identifier: Apache-2.0
import { isLive, isReachedFrom, NOT_LEFT_TO_OTHERS } from './conditions';
import { HELD_TASK, LEASES, NEXT_EPOCH, NEXT_KEY } from './leases';
import {
  firstTasks,
  forgetTakes,
  insertTake,
  IS_PICKED,
  nextEpoch,
  PICKED,
  PICKED_EPOCH,
  PICKED_TASK,
  PICKED_TASKS,
  PICKS,
  roomy,
  WANTED,
  type TakeSql,
} from './picks';

/**
 * Stealing: a task that a live agent has held for much longer than an average one would need gets a
 * second attempt, with an epoch and a key of its own.
 *
 * Holders are found through their takes; these are few, as a take is forgotten when it holds nothing.
 */

/** Tasks with one live attempt, of other sessions, held for so long. Needs :session, :now, :host, :leastAge. */
const OLD = `old AS (
  SELECT k.session_id, k.taken_at, p.key AS place_in_take, t.file_id, t.slice_no, t.job_no,
         t.zone_no, ${nextEpoch('t.lease_epoch')} AS epoch, t.length_bytes,
         sum(t.length_bytes) OVER (PARTITION BY k.session_id) AS held_bytes
    FROM ${PICKS} ${PICKED_TASK}
   WHERE k.kind = 'send' AND k.session_id <> :session AND k.taken_at <= :now - :leastAge
     AND t.state = 'uploading' AND ${NOT_LEFT_TO_OTHERS}
     AND CASE WHEN t.rival_key IS NULL
              THEN t.object_key IS NOT NULL AND t.lease_session = k.session_id AND t.lease_epoch = ${PICKED_EPOCH}
              ELSE t.object_key IS NULL AND t.rival_session = k.session_id AND t.rival_epoch = ${PICKED_EPOCH} END)`;

/** Much longer than an average agent needs for all that their holder holds. Needs :now, :host, :factor, :averageBytesPerMs. */
const SLOW = `slow AS (
  SELECT w.rank, w.job_no, w.room, o.taken_at, o.place_in_take, o.file_id, o.slice_no, o.epoch, o.length_bytes
    FROM old o JOIN wanted w ON w.zone_no = o.zone_no JOIN files f ON f.file_id = o.file_id
   WHERE :now - o.taken_at >= :factor * o.held_bytes / :averageBytesPerMs AND ${isReachedFrom(':host')})`;

/** The oldest take first, and of it what its holder comes to last. */
const ORDER = 'taken_at, place_in_take DESC, file_id, slice_no';

const PICK = insertTake(
  firstTasks('roomy WHERE reserved <= room', ORDER),
  `WITH
${WANTED},
${OLD},
${SLOW},
${roomy('slow', ORDER)}`,
);

/** Needs :agent, :now. */
const LEASE = `
WITH ${PICKED}
UPDATE tasks SET
    rival_session = CASE WHEN object_key IS NULL THEN rival_session ELSE lease_session END,
    rival_epoch = CASE WHEN object_key IS NULL THEN rival_epoch ELSE lease_epoch END,
    rival_key = coalesce(object_key, rival_key),
    lease_session = :session, lease_epoch = ${NEXT_EPOCH}, upload_epoch = ${NEXT_EPOCH}, sender = :agent,
    object_key = ${NEXT_KEY}
 WHERE ${IS_PICKED}`;

/** The state stays; the second object's bytes are reserved too. */
const RESERVE = `
WITH ${PICKED}
UPDATE jobs SET window_used_bytes = window_used_bytes + d.bytes
  FROM (SELECT t.job_no, sum(t.length_bytes) AS bytes
          FROM ${PICKED_TASKS} GROUP BY t.job_no) d
 WHERE jobs.job_no = d.job_no`;

/**
 * Needs the take's key, :now, :zones, :host, :agent, :maxTasks, :maxBytes, :forgetBefore, :leastAge, :factor,
 * :averageBytesPerMs.
 */
export const STEAL: TakeSql = {
  steps: [PICK, LEASE, RESERVE, forgetTakes(HELD_TASK)],
  held: LEASES,
};

/** Of those that move or moved anything; idle time makes an average lower, and a steal later. Needs :now. */
export const AVERAGE_RATE = `
SELECT avg(rate) AS rate FROM (
  SELECT max(bytes_per_second, 1000.0 * transferred_bytes / max(:now - opened_at, 1)) AS rate
    FROM sessions
   WHERE ${isLive('sessions')} AND role IN ('send', 'both') LIMIT 1000)
 WHERE rate > 0`;
