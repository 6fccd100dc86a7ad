// SPDX-License-Identifier: Apache-2.0
import type { Lease } from '../generated/messages';
import type { Steal } from '../domain/store';
import { NOT_LEFT_TO_OTHERS } from './failures';
import { LEASES } from './leases';
import { rows, statement } from './statement';
import {
  FORGET_TAKES,
  HOST_IS_FINE,
  objectKey,
  PICK,
  PICKED,
  runTake,
  sendValues,
  TAKE,
  WANTED_ZONES,
} from './takes';

/**
 * Stealing: a task that a live agent has held for much longer than an average one would need gets a
 * second attempt, with an epoch and a key of its own. Values as in takes.ts, and ?13 the least age of a
 * stolen lease, ?14 what an average agent moves in a ms, ?15 how many times its time is "much longer".
 *
 * Holders are found through their takes; these are few, as a take is forgotten when it holds nothing.
 */
const SLOW = `
  old AS (
    SELECT k.session_id, k.taken_at, p.key AS place_in_take, t.file_id, t.slice_no, t.job_no,
           t.zone_no, t.lease_epoch + 1 AS epoch, t.length_bytes,
           sum(t.length_bytes) OVER (PARTITION BY k.session_id) AS held_bytes
      FROM takes k CROSS JOIN json_each(k.picks) p
     CROSS JOIN tasks t ON t.file_id = (p.value ->> 0) AND t.slice_no = (p.value ->> 1)
     WHERE k.kind = 'send' AND k.session_id <> ?1 AND k.taken_at <= ?4 - ?13
       AND t.state = 'uploading' AND ${NOT_LEFT_TO_OTHERS}
       AND CASE WHEN t.rival_key IS NULL
                THEN t.object_key IS NOT NULL AND t.lease_session = k.session_id AND t.lease_epoch = (p.value ->> 2)
                ELSE t.object_key IS NULL AND t.rival_session = k.session_id AND t.rival_epoch = (p.value ->> 2) END),
  slow AS (
    SELECT w.rank, w.job_no, w.room, o.taken_at, o.place_in_take, o.file_id, o.slice_no, o.epoch, o.length_bytes
      FROM old o JOIN wanted w ON w.zone_no = o.zone_no JOIN files f ON f.file_id = o.file_id
     WHERE ?4 - o.taken_at >= ?15 * o.held_bytes / ?14 AND ${HOST_IS_FINE})`;

/** The oldest take first, and of it what its holder comes to last. */
const PICK_STEAL = `
${TAKE}
WITH
${WANTED_ZONES},
${SLOW},
  roomy AS (
    SELECT *, sum(length_bytes) OVER (PARTITION BY job_no
             ORDER BY taken_at, place_in_take DESC, file_id, slice_no ROWS UNBOUNDED PRECEDING) AS reserved
      FROM slow),
  counted AS (
    SELECT file_id, slice_no, epoch, row_number() OVER line_of_all AS place,
           sum(length_bytes) OVER line_of_all AS total
      FROM roomy WHERE reserved <= room
    WINDOW line_of_all AS (ORDER BY taken_at, place_in_take DESC, file_id, slice_no
                           ROWS UNBOUNDED PRECEDING))
${PICK}`;

const LEASE_STOLEN = `
WITH ${PICKED}
UPDATE tasks SET
    rival_session = CASE WHEN object_key IS NULL THEN rival_session ELSE lease_session END,
    rival_epoch = CASE WHEN object_key IS NULL THEN rival_epoch ELSE lease_epoch END,
    rival_key = coalesce(object_key, rival_key),
    lease_session = ?1, lease_epoch = lease_epoch + 1, upload_epoch = lease_epoch + 1, sender = ?10,
    object_key = ${objectKey(
      '(SELECT j.job_id FROM jobs j WHERE j.job_no = tasks.job_no)',
      'tasks',
      '(tasks.lease_epoch + 1)',
    )}
 WHERE (file_id, slice_no) IN (SELECT file_id, slice_no FROM picked)`;

/** The state stays; the second object's bytes are reserved too. */
const RESERVE = `
WITH ${PICKED}
UPDATE jobs SET window_used_bytes = window_used_bytes + d.bytes
  FROM (SELECT t.job_no, sum(t.length_bytes) AS bytes
          FROM picked p CROSS JOIN tasks t ON t.file_id = p.file_id AND t.slice_no = p.slice_no
         GROUP BY t.job_no) d
 WHERE jobs.job_no = d.job_no`;

const STEAL = [PICK_STEAL, LEASE_STOLEN, RESERVE, FORGET_TAKES, LEASES];

export const steal = (db: D1Database, take: Steal): Promise<Lease[]> =>
  runTake(db, STEAL, take, [
    ...sendValues(take),
    take.leastAgeMs,
    take.averageBytesPerMs,
    take.factor,
  ]);

/** Of those that move or moved anything; idle time makes an average lower, and a steal later. */
const AVERAGE_RATE = `
SELECT avg(rate) AS rate FROM (
  SELECT max(bytes_per_second, 1000.0 * transferred_bytes / max(?1 - opened_at, 1)) AS rate
    FROM sessions
   WHERE state = 'open' AND expires_at > ?1 AND role IN ('send', 'both') LIMIT 1000)
 WHERE rate > 0`;

export async function averageSendRate(db: D1Database, now: number): Promise<number | null> {
  const [found] = await rows<{ rate: number | null }>(statement(db, AVERAGE_RATE, [now]));
  return found?.rate ?? null;
}
