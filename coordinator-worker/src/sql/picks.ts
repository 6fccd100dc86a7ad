// SPDX-License-Identifier: Apache-2.0
import type { TaskState } from '../domain/model';
import type { TakeKey } from '../domain/ports/takes';
import { CALLER_IS_LIVE } from './conditions';
import { rows, transaction, type Values } from './statement';
import { updateTotals } from './totals';

/**
 * The table `takes`: what a session took, a row a call, with a list of picks.
 *
 * A take is one transaction, so that two agents never get the same epoch of a task. Its first statement picks and
 * writes the take down; the others carry out what the take says, and do nothing where nothing was picked.
 */

/** Takes `k`, with each of their picks `p`. */
export const PICKS = 'takes k CROSS JOIN json_each(k.picks) p';
export const PICKED_EPOCH = '(p.value ->> 2)';

/**
 * The epoch after that one. It is the time, so that a database which was put back to an older state hands out
 * none that came before; within a millisecond it counts. Needs :now.
 */
export const nextEpoch = (last: string) => `max(${last} + 1, CAST(:now AS INTEGER))`;

export const PICKED_FILE = 'CROSS JOIN files f ON f.file_id = (p.value ->> 0)';
export const PICKED_TASK =
  'CROSS JOIN tasks t ON t.file_id = (p.value ->> 0) AND t.slice_no = (p.value ->> 1)';

/** Take `k` is this one. Needs :session, :request, :kind. */
export const IS_THIS_TAKE =
  'k.session_id = :session AND k.request_id = :request AND k.kind = :kind';

/** Take `k` was then or before; null: whenever. Needs :takenBefore. */
export const IS_TAKEN_BEFORE = '(:takenBefore IS NULL OR k.taken_at <= :takenBefore)';

/** The zones that the caller reaches, of jobs that run, in the order of its wishes. Needs :zones. */
export const WANTED = `wanted AS (
  SELECT z.zone_no, z.job_no, w.key AS rank, j.slice_size_bytes AS slice_bytes,
         j.window_bytes - j.window_used_bytes AS room
    FROM jobs j CROSS JOIN (SELECT value, min(key) AS key FROM json_each(:zones) GROUP BY value) w
   CROSS JOIN zones z ON z.job_no = j.job_no AND z.zone = w.value
   WHERE j.state <> 'done' AND j.control = 'run'
   ORDER BY w.key, z.job_no)`;

/** Rows of `from` with the bytes that they and those before them, in that order, need of their job's window. */
export const roomy = (from: string, order: string) => `roomy AS (
  SELECT *, sum(length_bytes) OVER (PARTITION BY job_no ORDER BY ${order} ROWS UNBOUNDED PRECEDING) AS reserved
    FROM ${from})`;

/** The first rows of `from` in that order, as far as the limits allow. Needs :maxTasks, :maxBytes, :session, :now. */
export const firstTasks = (from: string, order: string) => `
  SELECT file_id, slice_no, epoch FROM (
    SELECT file_id, slice_no, epoch, row_number() OVER line_of_all AS place,
           sum(length_bytes) OVER line_of_all AS total
      FROM ${from} WINDOW line_of_all AS (ORDER BY ${order} ROWS UNBOUNDED PRECEDING))
   WHERE place <= :maxTasks AND (place = 1 OR total <= :maxBytes) AND ${CALLER_IS_LIVE}
   ORDER BY place`;

/** Needs :maxFiles, :session, :now. */
export const firstFiles = (from: string, orderBy = '') => `
  SELECT c.file_id, -1 AS slice_no, c.epoch FROM (${from}) c WHERE ${CALLER_IS_LIVE} ${orderBy} LIMIT :maxFiles`;

/**
 * Writes a take of what `picked` selects as (file_id, slice_no, epoch), unless that is nothing. Needs :session,
 * :request, :kind, :now.
 */
export const insertTake = (picked: string, ctes = '') => `
INSERT INTO takes (session_id, request_id, kind, taken_at, picks)
${ctes}
SELECT :session, :request, :kind, :now, json_group_array(json_array(file_id, slice_no, epoch))
  FROM (${picked})
HAVING count(*) > 0`;

/** Needs :session, :request, :kind. */
export const PICKED = `picked AS (
  SELECT p.value ->> 0 AS file_id, p.value ->> 1 AS slice_no, ${PICKED_EPOCH} AS epoch
    FROM ${PICKS} WHERE ${IS_THIS_TAKE})`;

/** What was picked, with its tasks `t`. */
export const PICKED_TASKS =
  'picked p CROSS JOIN tasks t ON t.file_id = p.file_id AND t.slice_no = p.slice_no';

/** Of an UPDATE of `tasks`. */
export const IS_PICKED = '(file_id, slice_no) IN (SELECT file_id, slice_no FROM picked)';

/** Counts the tasks that were picked, after they were leased. Needs :session, :request, :kind. */
export const countTaken = (was: TaskState, becomes: TaskState, more: readonly string[] = []) =>
  updateTotals(
    `${PICKED}, moved AS (
  SELECT t.job_no, 'task' AS what, '${was}' AS was, '${becomes}' AS becomes, count(*) AS n,
         sum(t.length_bytes) AS bytes
    FROM ${PICKED_TASKS} GROUP BY t.job_no)`,
    more,
  );

/**
 * Takes of this session that hold nothing any more and are old enough for no repeat to come; `held` joins a pick
 * with what it holds. Needs :session, :kind, :forgetBefore.
 */
export const forgetTakes = (held: string) => `
DELETE FROM takes
 WHERE session_id = :session AND kind = :kind AND taken_at <= :forgetBefore
   AND NOT EXISTS (SELECT 1 FROM json_each(takes.picks) p ${held})`;

const keyValues = ({ sessionId, requestId, kind }: TakeKey) => ({
  session: sessionId,
  request: requestId,
  kind,
});

const WAS_TAKEN = `SELECT 1 FROM takes k WHERE ${IS_THIS_TAKE}`;

export async function wasTaken(db: D1Database, take: TakeKey): Promise<boolean> {
  return (await rows(db, WAS_TAKEN, keyValues(take))).length > 0;
}

/** The statements of a take, and the one that says what of it is still held; this one needs the take's key only. */
export interface TakeSql {
  readonly steps: readonly string[];
  readonly held: string;
}

export const heldAgain = <Row>(db: D1Database, held: string, take: TakeKey): Promise<Row[]> =>
  rows<Row>(db, held, keyValues(take));

export async function runTake<Row>(
  db: D1Database,
  sql: TakeSql,
  take: TakeKey,
  values: Values,
): Promise<Row[]> {
  try {
    const all = { ...keyValues(take), ...values };
    return await transaction<Row>(db, [...sql.steps, sql.held], all);
  } catch (error) {
    // The same request twice at the same time: the other one has taken.
    if (await wasTaken(db, take)) return heldAgain<Row>(db, sql.held, take);
    throw error;
  }
}
