// SPDX-License-Identifier: Apache-2.0
import { JOB_CHARS_IN_KEY } from '../domain/names';
import type { ObjectName, SweepTake } from '../domain/model';
import { statement, transaction } from './statement';

const TAKEN = 'SELECT job_id FROM jobs WHERE sweep_request = ?4';

/**
 * The job that is due, and the time of its next sweep: at its end `sweep_at` is 0 (whole-files.ts and
 * totals.ts), then there is one more. Values: ?1 now, ?2 the next of a job at work, ?3 the last,
 * ?4 the request: a repeat takes nothing.
 */
const TAKE_SWEEP = `
UPDATE jobs SET sweep_request = ?4,
       sweep_at = CASE WHEN state <> 'done' THEN ?2 WHEN sweep_at = 0 THEN ?3 END
 WHERE job_no = (SELECT job_no FROM jobs WHERE sweep_at IS NOT NULL AND sweep_at <= ?1
                  ORDER BY sweep_at LIMIT 1)
   AND NOT EXISTS (${TAKEN})`;

export async function takeSweep(db: D1Database, take: SweepTake): Promise<string | null> {
  const request = `${take.sessionId}/${take.requestId}`;
  const values = [take.now, take.nextAt, take.lastAt, request];
  const [found] = await transaction<{ job_id: string }>(
    db,
    [TAKE_SWEEP, TAKEN].map((sql) => statement(db, sql, values)),
  );
  return found?.job_id ?? null;
}

const OF_THIS_PREFIX = (jobId: string) =>
  `substr(${jobId}, 1, ${JOB_CHARS_IN_KEY}) = substr(?2, 1, ${JOB_CHARS_IN_KEY})`;

/**
 * Keys that no attempt has and none will get, whatever happens next: epochs of a task only grow, a file that
 * is done stays it, and file ids are never given again. What may still come, as a key of a lost database's
 * higher epoch, stays until the file is done.
 *
 * Such garbage is in no window: `bytes` is 0. `not_before` 0 marks it, so that a repeat is answered the same.
 * Values: ?1 objects, ?2 job.
 */
const DISCARD = `
INSERT INTO garbage (object_key, job_no, bytes, not_before)
SELECT l.object_key, j.job_no, 0, 0
  FROM (SELECT DISTINCT i.value ->> 'key' AS object_key, i.value ->> 'fileId' AS file_id,
               i.value ->> 'sliceNo' AS slice_no, i.value ->> 'epoch' AS epoch
          FROM json_each(?1) i) l
 CROSS JOIN jobs j ON j.job_id = ?2
  LEFT JOIN files f ON f.file_id = l.file_id
   AND EXISTS (SELECT 1 FROM jobs o WHERE o.job_no = f.job_no AND ${OF_THIS_PREFIX('o.job_id')})
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = l.slice_no
 WHERE NOT EXISTS (SELECT 1 FROM garbage g WHERE g.object_key = l.object_key)
   AND CASE
     WHEN f.file_id IS NULL THEN
       l.file_id <= (SELECT coalesce(max(file_id), 0) FROM files)
       OR NOT EXISTS (SELECT 1 FROM jobs o
                       WHERE o.state <> 'done' AND o.state = 'open' AND ${OF_THIS_PREFIX('o.job_id')})
     WHEN f.state = 'done' THEN 1
     WHEN t.file_id IS NULL THEN l.epoch <= f.epoch_floor
     ELSE l.epoch <= t.lease_epoch
          AND NOT (t.state IN ('uploading', 'uploaded', 'downloading')
                   AND (t.object_key IS l.object_key OR t.rival_key IS l.object_key))
   END`;

const DISCARDED = `
SELECT g.object_key FROM (SELECT DISTINCT i.value ->> 'key' AS object_key FROM json_each(?1) i) l
 CROSS JOIN garbage g ON g.object_key = l.object_key
 WHERE g.not_before = 0`;

export async function discardUnknown(
  db: D1Database,
  jobId: string,
  objects: readonly ObjectName[],
): Promise<string[]> {
  const values = [JSON.stringify(objects), jobId];
  const found = await transaction<{ object_key: string }>(
    db,
    [DISCARD, DISCARDED].map((sql) => statement(db, sql, values)),
  );
  return found.map(({ object_key }) => object_key);
}
