// SPDX-License-Identifier: Apache-2.0
import { CALLER, isBegun, isReachedFrom, NOT_LEFT_TO_OTHERS, serves } from './conditions';
import { HELD_TASK, LEASES, NEXT_EPOCH } from './leases';
import {
  countTaken,
  firstTasks,
  forgetTakes,
  insertTake,
  IS_PICKED,
  nextEpoch,
  PICKED,
  type TakeSql,
} from './picks';

/** Taking uploaded tasks to receive: first of files whose staging is in the caller's domain, then of others that fit into it. */

/** Begun files of a domain, of jobs that are the caller's: index files_begun. Needs :destination, :domain, :folder. */
const begunOf = (domain: string) => `jobs j
 CROSS JOIN files f ON f.domain = ${domain} AND f.job_no = j.job_no AND ${isBegun('f')}`;
const IS_OURS = `j.state <> 'done' AND ${serves(CALLER, 'j')}`;

/** What the domain's begun files will still need of its staging. */
const PROMISED = `promised AS (
  SELECT coalesce(sum(f.transfer_bytes - f.downloaded_bytes), 0) AS bytes
    FROM ${begunOf(':domain')} WHERE ${IS_OURS})`;

const FITS = '<= :freeBytes - (SELECT bytes FROM promised)';

/** Needs :now, :host, :maxTasks. */
const uploadedOf = (domain: string, and = '') => `
    SELECT f.file_id, t.slice_no, ${nextEpoch('t.lease_epoch')} AS epoch, t.length_bytes, f.transfer_bytes
      FROM ${begunOf(domain)} CROSS JOIN tasks t ON t.file_id = f.file_id AND t.state = 'uploaded'
     WHERE ${IS_OURS} AND j.control = 'run' AND t.not_before <= :now AND ${NOT_LEFT_TO_OTHERS}
       AND ${isReachedFrom(':host')} ${and}
     ORDER BY j.job_no, f.file_id, t.slice_no LIMIT :maxTasks`;

const NO_DOMAIN = "''";

const PICK = insertTake(
  firstTasks(`staged WHERE begins = 0 OR needed ${FITS}`, 'begins, file_id, slice_no'),
  `WITH
${PROMISED},
  tied AS (${uploadedOf(':domain')}),
  untied AS (${uploadedOf(NO_DOMAIN, `AND f.transfer_bytes ${FITS}`)}),
  candidates AS (
    SELECT 0 AS begins, file_id, slice_no, epoch, length_bytes, 0 AS staged FROM tied
    UNION ALL
    SELECT 1, file_id, slice_no, epoch, length_bytes,
           CASE WHEN row_number() OVER (PARTITION BY file_id ORDER BY slice_no) = 1
                THEN transfer_bytes ELSE 0 END
      FROM untied),
  staged AS (
    SELECT *, sum(staged) OVER (ORDER BY begins, file_id, slice_no ROWS UNBOUNDED PRECEDING) AS needed
      FROM candidates)`,
);

/** Needs :agent, :now. As in send-takes.ts, the unary plus keeps the partial index out. */
const LEASE = `
WITH ${PICKED}
UPDATE tasks SET state = 'downloading', lease_session = :session, lease_epoch = ${NEXT_EPOCH}, receiver = :agent
 WHERE ${IS_PICKED} AND +state = 'uploaded'`;

/** Needs :domain. */
const TIE = `
WITH ${PICKED}
UPDATE files SET domain = :domain
 WHERE +domain = ${NO_DOMAIN} AND file_id IN (SELECT file_id FROM picked)`;

/** Needs the take's key, :now, :destination, :domain, :folder, :host, :agent, :maxTasks, :maxBytes, :freeBytes, :forgetBefore. */
export const TAKE_RECV: TakeSql = {
  steps: [PICK, LEASE, TIE, countTaken('uploaded', 'downloading'), forgetTakes(HELD_TASK)],
  held: LEASES,
};

/**
 * Whether a file that nobody has begun to receive would be given out if there were more space, or if
 * its job weren't paused. (Both conditions on control, so that the partial index serves.) Whether there is work that
 * is not for the caller, or not yet. Needs :now, :destination, :domain, :folder, :host, and :maxTasks, of which 1 is
 * enough here.
 */
export const WHY_NO_RECV = `
SELECT EXISTS (${uploadedOf(NO_DOMAIN)}) AS too_large,
       EXISTS (SELECT 1 FROM jobs j WHERE j.control = 'paused' AND j.control <> 'run'
                AND j.state <> 'done' AND j.tasks_uploaded > 0 AND ${serves(CALLER, 'j')}) AS paused,
       EXISTS (SELECT 1 FROM jobs j WHERE j.state <> 'done' AND j.control = 'run'
                AND j.tasks_uploaded > 0 AND (${serves(CALLER, 'j')}) IS NOT 1) AS others`;
