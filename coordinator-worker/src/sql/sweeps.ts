// SPDX-License-Identifier: Apache-2.0
import { JOB_CHARS_IN_KEY } from '../domain/names';
import type { ObjectName } from '../domain/model';
import type { Sweeps, SweepTake } from '../domain/ports/garbage';
import { rows, transaction } from './statement';

/** Needs :request. */
const TAKEN = 'SELECT job_id FROM jobs WHERE sweep_request = :request';

/**
 * The job that is due, and the time of its next sweep: at its end `sweep_at` is 0 (whole-files.ts and
 * totals.ts), then there is one more. A repeated request takes nothing. Of the caller's destination, and of jobs
 * that are nobody's. Needs :request, :destination, :now; :nextAt, for a job at work; :lastAt.
 */
const TAKE = `
UPDATE jobs SET sweep_request = :request,
       sweep_at = CASE WHEN state <> 'done' THEN :nextAt 
                       WHEN sweep_at = 0 THEN iif(late_until > :now, late_until, :lastAt) END
 WHERE job_no = (SELECT job_no FROM jobs WHERE sweep_at IS NOT NULL AND sweep_at <= :now
                    AND coalesce(destination, :destination) = :destination
                  ORDER BY sweep_at LIMIT 1)
   AND NOT EXISTS (${TAKEN})`;

/** Its agent died, perhaps in the midst of it. A request is the session's id, a slash, and its own. Needs :session. */
export const OFFER_SWEEP_AGAIN = `
UPDATE jobs SET sweep_at = 0
 WHERE sweep_request > :session || '/' AND sweep_request < :session || '0'`;

/**
 * Of finished jobs: the sweep behind an attempt that ended without a result, and objects that somebody may still be
 * writing. Needs :now, :destination.
 */
const LAST_COMES_AT = `
SELECT max(at) AS at FROM (
  SELECT sweep_at AS at FROM jobs
   WHERE sweep_at IS NOT NULL AND sweep_at > :now AND sweep_at <= late_until AND state = 'done'
     AND coalesce(destination, :destination) = :destination
  UNION ALL
  SELECT g.not_before FROM garbage g JOIN jobs j ON j.job_no = g.job_no
   WHERE g.not_before > :now AND j.state = 'done' AND coalesce(j.destination, :destination) = :destination)`;

/** A job whose objects have the same keys. Needs :job. */
const hasThisPrefix = (jobId: string) =>
  `substr(${jobId}, 1, ${JOB_CHARS_IN_KEY}) = substr(:job, 1, ${JOB_CHARS_IN_KEY})`;

/**
 * Keys that no attempt has and none will get, whatever happens next. An epoch is the time at which it was handed
 * out, or more, and only grows: one that isn't above the task's (or the file's floor), or that is from long ago, as those
 * of a database that was put back, comes no more. So a key is dead unless a living attempt has it.
 *
 * Such garbage is in no window: `bytes` is 0. `not_before` 0 marks it, so that a repeat is answered the same.
 * Needs :objects, :job, :latest.
 */
const DISCARD = `
INSERT INTO garbage (object_key, job_no, bytes, not_before)
SELECT l.object_key, j.job_no, 0, 0
  FROM (SELECT DISTINCT i.value ->> 'key' AS object_key, i.value ->> 'fileId' AS file_id,
               i.value ->> 'sliceNo' AS slice_no, i.value ->> 'epoch' AS epoch
          FROM json_each(:objects) i) l
 CROSS JOIN jobs j ON j.job_id = :job
  LEFT JOIN files f ON f.file_id = l.file_id
   AND EXISTS (SELECT 1 FROM jobs o WHERE o.job_no = f.job_no AND ${hasThisPrefix('o.job_id')})
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = l.slice_no
 WHERE NOT EXISTS (SELECT 1 FROM garbage g WHERE g.object_key = l.object_key)
   AND l.epoch <= max(coalesce(t.lease_epoch, f.epoch_floor, 0), :latest)
   AND NOT (t.file_id IS NOT NULL AND t.state IN ('uploading', 'uploaded', 'downloading')
            AND (t.object_key IS l.object_key OR t.rival_key IS l.object_key))`;

/** Needs :objects. */
const DISCARDED = `
SELECT g.object_key FROM (SELECT DISTINCT i.value ->> 'key' AS object_key FROM json_each(:objects) i) l
 CROSS JOIN garbage g ON g.object_key = l.object_key
 WHERE g.not_before = 0`;

export class D1Sweeps implements Sweeps {
  constructor(private readonly db: D1Database) {}

  async take({ sessionId, requestId, ...times }: SweepTake): Promise<string | null> {
    const values = { request: `${sessionId}/${requestId}`, ...times };
    const [found] = await transaction<{ job_id: string }>(this.db, [TAKE, TAKEN], values);
    return found?.job_id ?? null;
  }

  async lastComesAt(destination: string | null, now: number): Promise<number | null> {
    const values = { now, destination };
    const [found] = await rows<{ at: number | null }>(this.db, LAST_COMES_AT, values);
    return found?.at ?? null;
  }

  async discardUnknown(
    jobId: string,
    objects: readonly ObjectName[],
    latest: number,
  ): Promise<string[]> {
    const values = { objects: JSON.stringify(objects), job: jobId, latest };
    const found = await transaction<{ object_key: string }>(this.db, [DISCARD, DISCARDED], values);
    return found.map(({ object_key }) => object_key);
  }
}
