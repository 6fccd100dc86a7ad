// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { DESTINATION, newJobId } from './world';

/** Files of four slices each; of five files two are done, one waits in the window, one was given back, one was never cut. */
const SLICES = 4;
const SLICE_BYTES = 10;
const AT_ONCE = 10_000;

const FILES = `
WITH RECURSIVE n(i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)
INSERT INTO files (job_no, zone_no, state, planned_path, planned_mode, source_path, size_bytes, dest_sub,
                   dest_name, virtual_path, mode, transfer_offset_bytes, transfer_bytes, slices_total,
                   next_slice, uncut_bytes, downloaded_slices, downloaded_bytes, domain)
SELECT z.job_no, z.zone_no, CASE WHEN i % 5 < 2 THEN 'done' ELSE 'transferring' END, 'm' || i, 'full',
       z.zone || '/m' || i, 40, 'basemaps', 'm' || i, 'm' || i, 'full', 0, 40, 4,
       CASE WHEN i % 5 = 4 THEN 0 ELSE 4 END, CASE WHEN i % 5 = 4 THEN 40 ELSE 0 END,
       CASE WHEN i % 5 < 2 THEN 4 ELSE 0 END, CASE WHEN i % 5 < 2 THEN 40 ELSE 0 END,
       CASE WHEN i % 5 < 2 THEN 'gone' ELSE '' END
  FROM n CROSS JOIN zones z JOIN jobs j ON j.job_no = z.job_no WHERE j.job_id = ?1`;

const TASKS = `
INSERT INTO tasks (file_id, slice_no, job_no, zone_no, state, offset_bytes, length_bytes, lease_epoch,
                   upload_epoch, object_key, sha256)
SELECT f.file_id, s.value, f.job_no, f.zone_no,
       CASE WHEN (f.file_id - ?3) % 5 < 2 THEN 'downloaded' WHEN (f.file_id - ?3) % 5 = 2 THEN 'uploaded' ELSE 'pending' END,
       s.value * 10, 10, 1, 1,
       CASE WHEN (f.file_id - ?3) % 5 = 3 THEN NULL ELSE 'k/' || f.file_id || '/' || s.value || '.1' END,
       CASE WHEN (f.file_id - ?3) % 5 = 3 THEN NULL ELSE ?4 END
  FROM files f CROSS JOIN json_each('[0,1,2,3]') s
 WHERE f.file_id >= ?1 AND f.file_id < ?2 AND f.next_slice = 4`;

/** A job of so many tasks in the middle of its way, written behind the Worker's back; returns its id. */
export async function populate(zone: string, tasks: number): Promise<string> {
  const jobId = newJobId();
  const files = tasks / SLICES;
  const fifth = files / 5;
  const count = (parts: number) => parts * fifth * SLICES;
  const bytes = (parts: number) => count(parts) * SLICE_BYTES;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO jobs (job_id, state, slice_size_bytes, window_bytes, window_used_bytes, created_at,
         tasks_pending, bytes_pending, tasks_uploaded, bytes_uploaded, tasks_downloaded, bytes_downloaded,
         files_transferring, file_bytes_transferring, files_done, file_bytes_done, destination, claimed_domain)
       VALUES (?1, 'active', 10, 1000000000000, ?2, 0, ?3, ?4, ?5, ?2, ?6, ?7, ?8, ?9, ?10, ?7, ?11, '')`,
    ).bind(
      jobId,
      bytes(1),
      count(2),
      bytes(2),
      count(1),
      count(2),
      bytes(2),
      3 * fifth,
      bytes(3),
      2 * fifth,
      DESTINATION,
    ),
    env.DB.prepare(
      `INSERT INTO zones (job_no, zone, sample_path)
       SELECT job_no, ?2, ?2 || '/m0' FROM jobs WHERE job_id = ?1`,
    ).bind(jobId, zone),
  ]);
  for (let from = 0; from < files; from += AT_ONCE) {
    await env.DB.prepare(FILES)
      .bind(jobId, from, Math.min(from + AT_ONCE, files))
      .run();
  }
  const [first] = (
    await env.DB.prepare(
      'SELECT min(file_id) AS id FROM files f JOIN jobs j ON j.job_no = f.job_no WHERE j.job_id = ?1',
    )
      .bind(jobId)
      .all<{ id: number }>()
  ).results;
  const offset = first?.id ?? 0;
  for (let from = 0; from < files; from += AT_ONCE) {
    await env.DB.prepare(TASKS)
      .bind(offset + from, offset + Math.min(from + AT_ONCE, files), offset, '0'.repeat(64))
      .run();
  }
  return jobId;
}
