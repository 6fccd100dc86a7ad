// SPDX-License-Identifier: Apache-2.0
import { FINISH_JOBS, updateTotals } from './totals';

/**
 * Publish groups: who of the staged files may be placed. A file may when its job is sealed, every file of its
 * group and order is staged and proved, and every one of lower order is done. Where one of these failed, it fails
 * too: it could wait for ever otherwise. Files that are leased to be placed are left alone.
 *
 * These statements run in the transaction of every move that may change the answer, after it. `touched` is
 * a SELECT of (job_no, publish_group) without repeats: the groups in question.
 */

const sameGroup = (a: string, b: string) =>
  `${a}.job_no = ${b}.job_no AND ${a}.publish_group = ${b}.publish_group`;

/** One seek a state. */
const lowest = (of: string, ...states: string[]) => {
  const each = states.map(
    (state) =>
      `SELECT min(x.publish_order) AS lowest FROM files x WHERE ${sameGroup('x', of)} AND x.state = '${state}'`,
  );
  return `(SELECT min(lowest) FROM (${each.join(' UNION ALL ')}))`;
};

/** The one that failed by itself, if there is such a one. */
const CULPRIT = `
  (SELECT 'not placed: ' || c.planned_path || ' of its publish group failed: ' || coalesce(c.last_error, 'unknown')
     FROM files c
    WHERE ${sameGroup('c', 'files')} AND c.state = 'failed' AND c.publish_order <= files.publish_order
    ORDER BY c.publish_order, c.held, c.file_id LIMIT 1)`;

const blocked = (touched: string) => `touched AS (${touched}), blocked AS (
  SELECT f.file_id, f.job_no, f.transfer_bytes
    FROM touched t CROSS JOIN files f ON ${sameGroup('f', 't')} AND f.state = 'placing'
     AND f.publish_order >= ${lowest('t', 'failed')}
   WHERE f.lease_session IS NULL)`;

const failBlocked = (touched: string): string[] => [
  updateTotals(`${blocked(touched)}, moved AS (
    SELECT job_no, 'file' AS what, 'placing' AS was, 'failed' AS becomes, 1 AS n, transfer_bytes AS bytes
      FROM blocked)`),
  `WITH ${blocked(touched)}
  UPDATE files SET state = 'failed', held = 1, last_error = substr(${CULPRIT}, 1, 1100)
   WHERE file_id IN (SELECT file_id FROM blocked)`,
];

/** Of a group's staged files only those of the lowest order can be next. Unproved ones are few: their index serves. */
const letGo = (touched: string) => `
WITH touched AS (${touched}),
  next AS (
    SELECT t.job_no, t.publish_group, ${lowest('t', 'placing')} AS publish_order
      FROM touched t JOIN jobs j ON j.job_no = t.job_no AND j.state <> 'open'),
  ready AS (
    SELECT * FROM next n
     WHERE NOT EXISTS (SELECT 1 FROM files m
                        WHERE ${sameGroup('m', 'n')} AND m.publish_order <= n.publish_order
                          AND m.state IN ('unresolved', 'transferring', 'failed'))
       AND NOT EXISTS (SELECT 1 FROM files m
                        WHERE m.job_no = n.job_no AND m.state = 'placing' AND m.unproved = 1
                          AND +m.publish_group = n.publish_group AND m.publish_order <= n.publish_order))
UPDATE files SET held = 0
 WHERE file_id IN (
   SELECT f.file_id FROM ready r CROSS JOIN files f ON ${sameGroup('f', 'r')}
      AND f.state = 'placing' AND f.publish_order = r.publish_order AND f.held = 1)`;

/** Files that might have been placed, and of whose group one has to be staged again. */
const holdAgain = (touched: string) => `
WITH touched AS (${touched})
UPDATE files SET held = 1
 WHERE file_id IN (
   SELECT f.file_id FROM touched t CROSS JOIN files f ON ${sameGroup('f', 't')} AND f.state = 'placing'
      AND f.publish_order >= ${lowest('t', 'unresolved', 'transferring')}
    WHERE f.held = 0 AND f.lease_session IS NULL)`;

/** After files became staged or failed. */
export const settleGroups = (touched: string): string[] => [
  ...failBlocked(touched),
  letGo(touched),
];

/** After files were placed, given back or started again. */
export const settleAllOfGroups = (touched: string): string[] => [
  ...settleGroups(touched),
  holdAgain(touched),
];

/** Groups of the files that :items names, an array of what `id` makes of each value. */
export const groupsOf = (id: string, and = ''): string => `
  SELECT DISTINCT f.job_no, f.publish_group
    FROM json_each(:items) i CROSS JOIN files f ON f.file_id = (${id})
   WHERE f.publish_group IS NOT NULL ${and}`;

/** Those of a whole job. Needs :job. */
export const SETTLE_JOB = [
  ...settleAllOfGroups(`
  SELECT DISTINCT f.job_no, f.publish_group FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
   WHERE j.job_id = :job AND f.state = 'placing' AND f.publish_group IS NOT NULL`),
  FINISH_JOBS,
];
