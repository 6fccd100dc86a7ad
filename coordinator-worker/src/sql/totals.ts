// SPDX-License-Identifier: Apache-2.0
import { FILE_STATES, TASK_STATES } from '../domain/model';

/** Columns of `jobs`: how many tasks and files are in a state, and how many bytes that is. */
export const TOTALS = [
  ...TASK_STATES.map(
    (state) => ({ what: 'task', state, count: `tasks_${state}`, bytes: `bytes_${state}` }) as const,
  ),
  ...FILE_STATES.map(
    (state) =>
      ({ what: 'file', state, count: `files_${state}`, bytes: `file_bytes_${state}` }) as const,
  ),
];

/**
 * Keeps the totals in `jobs` true. Whoever moves tasks or files runs one of these statements in the
 * same transaction, over a relation that says what moves:
 *
 *   moved(job_no, what, was, becomes, n, bytes)   what: 'task' or 'file'; was: NULL for new ones, becomes: NULL for what goes
 *
 * The relation is computed from the same condition as the move, before it (or, where the move leaves
 * a mark such as an epoch, after it).
 */
export function updateTotals(ctes: string, more: readonly string[] = []): string {
  const assignments = TOTALS.flatMap(({ count, bytes }) => [
    `${count} = jobs.${count} + d.${count}`,
    `${bytes} = jobs.${bytes} + d.${bytes}`,
  ]);
  const sums = TOTALS.flatMap(({ count, bytes, what, state }) => {
    const sign = `(what = '${what}') * ((becomes IS '${state}') - (was IS '${state}'))`;
    return [`SUM(n * ${sign}) AS ${count}`, `SUM(bytes * ${sign}) AS ${bytes}`];
  });
  return `
WITH ${ctes}
UPDATE jobs SET ${[...assignments, ...more].join(', ')}
  FROM (SELECT job_no, ${sums.join(', ')} FROM moved GROUP BY job_no) d
 WHERE jobs.job_no = d.job_no`;
}

/** A sealed job is done when every file is, and to be looked through then; runs after whatever ends files. */
export const FINISH_JOBS = `
UPDATE jobs SET state = 'done', sweep_at = 0
 WHERE state <> 'done' AND state = 'active'
   AND files_unresolved + files_transferring + files_placing = 0`;
