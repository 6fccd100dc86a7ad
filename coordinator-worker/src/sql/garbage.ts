// SPDX-License-Identifier: Apache-2.0
import type { GarbageTaking } from '../domain/store';
import { statement, transaction } from './statement';

/**
 * Objects to delete. A receiver gets a range of keys that no other one is at; the range costs one row
 * however many keys it has. Deleting an object twice does no harm, so a range that ran out is simply
 * given out again.
 *
 * Values: ?1 session, ?2 now, ?3 until, ?4 max objects.
 */
const KEYS = `
SELECT g.object_key FROM garbage g
 WHERE g.not_before <= ?2
   AND NOT EXISTS (SELECT 1 FROM garbage_takes k
                    WHERE k.session_id <> ?1 AND k.until > ?2
                      AND g.object_key BETWEEN k.first_key AND k.last_key)
 ORDER BY g.object_key LIMIT ?4`;

const RESERVE = `
INSERT INTO garbage_takes (session_id, first_key, last_key, until)
SELECT ?1, min(object_key), max(object_key), ?3 FROM (${KEYS}) HAVING count(*) > 0
ON CONFLICT (session_id) DO UPDATE SET first_key = excluded.first_key,
  last_key = excluded.last_key, until = excluded.until`;

export async function takeGarbage(db: D1Database, take: GarbageTaking): Promise<string[]> {
  const values = [take.sessionId, take.now, take.until, take.maxObjects];
  // The range of this session doesn't hide keys from itself: both statements see the same ones.
  const found = await transaction<{ object_key: string }>(
    db,
    [RESERVE, KEYS].map((sql) => statement(db, sql, values)),
  );
  return found.map((row) => row.object_key);
}

/** ?1 session, ?2 now, ?3 keys. */
const GONE = `gone AS (
  SELECT g.object_key, g.job_no, g.bytes
    FROM (SELECT DISTINCT value FROM json_each(?3)) i CROSS JOIN garbage g ON g.object_key = i.value
   WHERE g.not_before <= ?2)`;

const CREDIT = `
WITH ${GONE}
UPDATE jobs SET window_used_bytes = window_used_bytes - d.bytes
  FROM (SELECT job_no, sum(bytes) AS bytes FROM gone GROUP BY job_no) d
 WHERE jobs.job_no = d.job_no`;

const FORGET_RANGE = `DELETE FROM garbage_takes WHERE session_id = ?1`;

const DELETE = `
WITH ${GONE}
DELETE FROM garbage WHERE object_key IN (SELECT object_key FROM gone) RETURNING bytes`;

export async function confirmGarbage(
  db: D1Database,
  sessionId: string,
  keys: readonly string[],
  now: number,
): Promise<number> {
  const values = [sessionId, now, JSON.stringify(keys)];
  const gone = await transaction<{ bytes: number }>(
    db,
    [CREDIT, FORGET_RANGE, DELETE].map((sql) => statement(db, sql, values)),
  );
  return gone.reduce((sum, row) => sum + row.bytes, 0);
}
