// SPDX-License-Identifier: Apache-2.0

/**
 * While a recount is under way, whatever moves a file that it has passed, or one of its tasks, is added to
 * its tallies. So these are right at every moment, although the rows were counted at different ones; and they
 * don't depend on the statements whose totals they check.
 *
 * Made by the first recount and left there: `wrangler d1 migrations apply` cuts a trigger at its inner semicolon,
 * and dropping them could meet another recount's beginning. Without a recount under way they cost one seek a row.
 * Whoever changes one gives all of them new names and drops the old ones.
 */

/** What a task and a file come to: lists of (what, state, n, bytes, window_bytes). The recount uses them too. */
export const TASK_WINDOW = (t: string) =>
  `(${t}.state IN ('uploading', 'uploaded', 'downloading')) * ${t}.length_bytes
   * ((${t}.object_key IS NOT NULL) + (${t}.rival_key IS NOT NULL))`;

/** Slices that were never cut are their file's: pending, or failed with it. */
export const UNCUT_STATE = (f: string) => `iif(${f}.state = 'failed', 'failed', 'pending')`;

const task = (t: 'OLD' | 'NEW') => {
  const sign = t === 'OLD' ? '-' : '';
  return `(${t}.job_no, 'task', ${t}.state, ${sign}1, ${sign}${t}.length_bytes, ${sign}(${TASK_WINDOW(t)}))`;
};

const file = (f: 'OLD' | 'NEW') => {
  const sign = f === 'OLD' ? '-' : '';
  return `(${f}.job_no, 'file', ${f}.state, ${sign}1, ${sign}${f}.transfer_bytes, 0),
    (${f}.job_no, 'task', ${UNCUT_STATE(f)}, ${sign}(${f}.slices_total - ${f}.next_slice), ${sign}${f}.uncut_bytes, 0)`;
};

/** A tally that isn't there is begun. */
export const ADD_TO_TALLIES = `
ON CONFLICT (job_no, what, state) DO UPDATE SET n = n + excluded.n, bytes = bytes + excluded.bytes,
  window_bytes = window_bytes + excluded.window_bytes`;

const passed = (job: string, path: string) =>
  `EXISTS (SELECT 1 FROM recounts r WHERE r.job_no = ${job} AND r.upto IS NOT NULL AND ${path} <= r.upto)`;

const pathOf = (row: string) =>
  `(SELECT f.planned_path FROM files f WHERE f.file_id = ${row}.file_id)`;

const trigger = (name: string, event: string, when: string, values: readonly string[]) => `
CREATE TRIGGER IF NOT EXISTS recount_1_${name} AFTER ${event}
WHEN ${when}
BEGIN
  INSERT INTO recount_tallies (job_no, what, state, n, bytes, window_bytes)
  VALUES ${values.join(', ')} ${ADD_TO_TALLIES};
END`;

export const TRIGGERS = [
  trigger('task_new', 'INSERT ON tasks', passed('NEW.job_no', pathOf('NEW')), [task('NEW')]),
  trigger(
    'task_moved',
    'UPDATE OF state, length_bytes, object_key, rival_key ON tasks',
    passed('NEW.job_no', pathOf('NEW')),
    [task('OLD'), task('NEW')],
  ),
  trigger('task_gone', 'DELETE ON tasks', passed('OLD.job_no', pathOf('OLD')), [task('OLD')]),
  trigger('file_new', 'INSERT ON files', passed('NEW.job_no', 'NEW.planned_path'), [file('NEW')]),
  trigger(
    'file_moved',
    'UPDATE OF state, transfer_bytes, slices_total, next_slice, uncut_bytes ON files',
    passed('NEW.job_no', 'NEW.planned_path'),
    [file('OLD'), file('NEW')],
  ),
];
