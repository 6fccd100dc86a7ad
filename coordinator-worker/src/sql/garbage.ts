// SPDX-License-Identifier: Apache-2.0
import type { Garbage, GarbageTake } from '../domain/ports/garbage';
import { transaction } from './statement';

/**
 * Objects to delete. A receiver gets a range of keys that no other one is at; the range costs one row
 * however many keys it has. Deleting an object twice does no harm, so a range that ran out is simply
 * given out again.
 */

/**
 * Of the caller's destination, and of jobs that are nobody's. The range of this session doesn't hide keys from itself,
 * nor do those of other destinations. Needs :session, :destination, :now, :maxObjects.
 */
const KEYS = `
SELECT g.object_key FROM garbage g
 WHERE g.not_before <= :now
   AND EXISTS (SELECT 1 FROM jobs j WHERE j.job_no = g.job_no
                AND coalesce(j.destination, :destination) = :destination)
   AND NOT EXISTS (SELECT 1 FROM garbage_takes k JOIN sessions s ON s.session_id = k.session_id
                    WHERE k.session_id <> :session AND k.until > :now AND s.destination = :destination
                      AND g.object_key BETWEEN k.first_key AND k.last_key)
 ORDER BY g.object_key LIMIT :maxObjects`;

/** Needs :until too. */
const RESERVE = `
INSERT INTO garbage_takes (session_id, first_key, last_key, until)
SELECT :session, min(object_key), max(object_key), :until FROM (${KEYS}) HAVING count(*) > 0
ON CONFLICT (session_id) DO UPDATE SET first_key = excluded.first_key,
  last_key = excluded.last_key, until = excluded.until`;

/** Needs :keys, :now. */
const GONE = `gone AS (
  SELECT g.object_key, g.job_no, g.bytes
    FROM (SELECT DISTINCT value FROM json_each(:keys)) i CROSS JOIN garbage g ON g.object_key = i.value
   WHERE g.not_before <= :now)`;

const CREDIT = `
WITH ${GONE}
UPDATE jobs SET window_used_bytes = window_used_bytes - d.bytes
  FROM (SELECT job_no, sum(bytes) AS bytes FROM gone GROUP BY job_no) d
 WHERE jobs.job_no = d.job_no`;

/** Needs :session. */
export const FORGET_RANGE = 'DELETE FROM garbage_takes WHERE session_id = :session';

const DELETE = `
WITH ${GONE}
DELETE FROM garbage WHERE object_key IN (SELECT object_key FROM gone) RETURNING bytes`;

export class D1Garbage implements Garbage {
  constructor(private readonly db: D1Database) {}

  async take({ sessionId, destination, now, until, maxObjects }: GarbageTake): Promise<string[]> {
    const values = { session: sessionId, destination, now, until, maxObjects };
    const found = await transaction<{ object_key: string }>(this.db, [RESERVE, KEYS], values);
    return found.map((row) => row.object_key);
  }

  async confirm(sessionId: string, keys: readonly string[], now: number): Promise<number> {
    const values = { session: sessionId, now, keys: JSON.stringify(keys) };
    const gone = await transaction<{ bytes: number }>(
      this.db,
      [CREDIT, FORGET_RANGE, DELETE],
      values,
    );
    return gone.reduce((sum, row) => sum + row.bytes, 0);
  }
}
