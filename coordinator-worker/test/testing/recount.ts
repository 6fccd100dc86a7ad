// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';

/** Totals as the rows say, for comparison with those that are kept in jobs. */
const RECOUNT = `
SELECT j.job_id, t.what || '_' || t.state AS name, sum(t.n) AS n, sum(t.bytes) AS bytes
  FROM jobs j JOIN (
    SELECT job_no, 'tasks' AS what, state, 1 AS n, length_bytes AS bytes FROM tasks
    UNION ALL
    SELECT job_no, 'tasks', CASE state WHEN 'failed' THEN 'failed' ELSE 'pending' END,
           slices_total - next_slice, uncut_bytes FROM files WHERE slices_total > next_slice
    UNION ALL
    SELECT job_no, 'files', state, 1, transfer_bytes FROM files
    UNION ALL
    SELECT job_no, 'window', 'used', 1, length_bytes * ((object_key IS NOT NULL) + (rival_key IS NOT NULL))
      FROM tasks WHERE state IN ('uploading', 'uploaded', 'downloading')
    UNION ALL
    SELECT job_no, 'window', 'used', 1, bytes FROM garbage) t ON t.job_no = j.job_no
 GROUP BY j.job_id, name`;

/** Every total that differs from a recount, as text; none is what a test wants. */
export async function driftOfTotals(): Promise<string[]> {
  const counted = new Map<string, { n: number; bytes: number }>();
  const { results } = await env.DB.prepare(RECOUNT).all<{
    job_id: string;
    name: string;
    n: number;
    bytes: number;
  }>();
  for (const row of results) counted.set(`${row.job_id} ${row.name}`, row);
  const jobs = await env.DB.prepare('SELECT * FROM jobs').all<Record<string, number | string>>();
  return jobs.results.flatMap((job) => {
    const differs = (column: string, name: string, part: 'n' | 'bytes') => {
      const expected = counted.get(`${String(job['job_id'])} ${name}`)?.[part] ?? 0;
      return job[column] === expected
        ? []
        : [`${String(job['job_id'])} ${column}: ${String(job[column])} (recount: ${expected})`];
    };
    return Object.keys(job).flatMap((column) => {
      if (column === 'window_used_bytes') return differs(column, 'window_used', 'bytes');
      if (/^(tasks|files)_/.test(column)) return differs(column, column, 'n');
      if (column.startsWith('file_bytes_')) {
        return differs(column, `files_${column.slice('file_bytes_'.length)}`, 'bytes');
      }
      if (column.startsWith('bytes_')) {
        return differs(column, `tasks_${column.slice('bytes_'.length)}`, 'bytes');
      }
      return [];
    });
  });
}
