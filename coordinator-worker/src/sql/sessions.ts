// SPDX-License-Identifier: Apache-2.0
import type { Zone } from '../generated/messages';
import type { HeldTask, SessionRow } from '../domain/model';
import type { ClosingSession, HeldByTakes, NewSession, Renewal } from '../domain/store';
import { NOT_FAILING } from './failures';
import { rows, statement, transaction } from './statement';
import { holdsPick } from './leases';
import { TASK_COLUMNS, taskRow } from './task-moves';

interface StoredSession {
  session_id: string;
  state: SessionRow['state'];
  name: string;
  host: string;
  role: SessionRow['role'];
  domain: string;
  agent_version: string;
  expires_at: number;
  directive: SessionRow['directive'];
  zones: string;
  dear_zones: string;
  short_of_space: number;
  failing_tasks: number;
  probe_at: number;
}

const SESSION = `
SELECT session_id, state, name, host, role, domain, agent_version, expires_at, directive, zones,
       dear_zones, short_of_space, json_array_length(failing_tasks) AS failing_tasks, probe_at
  FROM sessions WHERE session_id = ?1`;

export async function findSession(db: D1Database, sessionId: string): Promise<SessionRow | null> {
  return first(await rows<StoredSession>(statement(db, SESSION, [sessionId])));
}

function first([row]: readonly StoredSession[]): SessionRow | null {
  if (row === undefined) return null;
  return {
    sessionId: row.session_id,
    state: row.state,
    name: row.name,
    host: row.host,
    role: row.role,
    domain: row.domain,
    agentVersion: row.agent_version,
    expiresAt: row.expires_at,
    directive: row.directive,
    zones: JSON.parse(row.zones) as string[],
    dearZones: JSON.parse(row.dear_zones) as string[],
    shortOfSpace: row.short_of_space === 1,
    failingTasks: row.failing_tasks,
    probeAt: row.probe_at,
  };
}

const OPEN_SESSION = `
INSERT INTO sessions (session_id, state, name, host, role, domain, agent_version, opened_at,
                      last_seen_at, expires_at)
VALUES (?1, 'open', ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
ON CONFLICT (session_id) DO NOTHING`;

export async function openSession(db: D1Database, session: NewSession): Promise<SessionRow> {
  const values = [
    session.sessionId,
    session.name,
    session.host,
    session.role,
    session.domain,
    session.agentVersion,
    session.now,
    session.expiresAt,
  ];
  const found = await transaction<StoredSession>(db, [
    statement(db, OPEN_SESSION, values),
    statement(db, SESSION, [session.sessionId]),
  ]);
  const row = first(found);
  if (row === null) throw new Error('a session that was just inserted is not there');
  return row;
}

/** The one row that a heartbeat writes; no index holds what it changes. */
const RENEW = `
UPDATE sessions SET expires_at = ?3, last_seen_at = ?2, transferred_bytes = ?4,
                    bytes_per_second = ?5, leases = ?6
 WHERE session_id = ?1 AND state = 'open' AND expires_at > ?2 RETURNING directive`;

export async function renewSession(
  db: D1Database,
  renewal: Renewal,
): Promise<SessionRow['directive'] | null> {
  const renew = statement(db, RENEW, [
    renewal.sessionId,
    renewal.now,
    renewal.expiresAt,
    renewal.transferredBytes,
    renewal.bytesPerSecond,
    renewal.leases,
  ]);
  const [renewed] = await rows<Pick<StoredSession, 'directive'>>(renew);
  return renewed?.directive ?? null;
}

const NOTE_TAKE = `
UPDATE sessions SET zones = ?2, dear_zones = ?3, short_of_space = ?4 WHERE session_id = ?1`;

export async function noteTake(
  db: D1Database,
  sessionId: string,
  found: Pick<SessionRow, 'zones' | 'dearZones' | 'shortOfSpace'>,
): Promise<void> {
  const { zones, dearZones, shortOfSpace } = found;
  const lists = [JSON.stringify(zones), JSON.stringify(dearZones)];
  await statement(db, NOTE_TAKE, [sessionId, ...lists, shortOfSpace ? 1 : 0]).run();
}

/** An agent that is told to take nothing, or on which everything fails, serves nobody. */
const SERVED = `
SELECT DISTINCT z.value AS zone
  FROM sessions s CROSS JOIN json_each(s.zones) z
 WHERE s.state = 'open' AND s.expires_at > ?2 AND s.session_id <> ?1
   AND s.role <> 'recv' AND s.directive = 'work' AND ${NOT_FAILING('s')}`;

export async function servedByOthers(
  db: D1Database,
  sessionId: string,
  now: number,
): Promise<ReadonlySet<string>> {
  const found = await rows<{ zone: string }>(statement(db, SERVED, [sessionId, now]));
  return new Set(found.map(({ zone }) => zone));
}

const CLOSE = `UPDATE sessions SET state = 'closing' WHERE session_id = ?1 AND state = 'open'`;

export async function closeSession(db: D1Database, sessionId: string): Promise<boolean> {
  const result = await statement(db, CLOSE, [sessionId]).run();
  return result.meta.changes > 0;
}

const EXPIRED = `SELECT session_id FROM sessions WHERE state = 'open' AND expires_at <= ?1 LIMIT 1`;
const CLOSING = `
SELECT session_id, expires_at <= ?1 AS expired FROM sessions WHERE state = 'closing' LIMIT 20`;
const CLOSE_EXPIRED = `UPDATE sessions SET state = 'closing' WHERE state = 'open' AND expires_at <= ?1`;

interface Closing {
  session_id: string;
  expired: number;
}

/**
 * Closes first, in a transaction of its own: from then on the session can neither be renewed nor take,
 * so what is taken back afterwards is all that it holds, even if this Worker dies in between.
 */
export async function closingSessions(
  db: D1Database,
  now: number,
): Promise<readonly ClosingSession[]> {
  const [expired, closing] = await db.batch<Closing>([
    statement(db, EXPIRED, [now]),
    statement(db, CLOSING, [now]),
  ]);
  const found =
    (expired?.results.length ?? 0) === 0
      ? (closing?.results ?? [])
      : await transaction<Closing>(db, [
          statement(db, CLOSE_EXPIRED, [now]),
          statement(db, CLOSING, [now]),
        ]);
  return found.map((row) => ({ sessionId: row.session_id, expired: row.expired === 1 }));
}

/** By the session's takes: there is no index of leases, it would cost two rows a task. */
const heldTasks = (and: string) => `
SELECT p.value ->> 2 AS held_epoch, t.file_id, t.slice_no, ${TASK_COLUMNS}
  FROM takes k CROSS JOIN json_each(k.picks) p
 CROSS JOIN tasks t ON t.file_id = (p.value ->> 0) AND t.slice_no = (p.value ->> 1)
 WHERE k.session_id = ?1 AND k.kind IN ('send', 'recv')
   AND ${holdsPick('?1')} ${and}`;
const HELD_TASKS = heldTasks('');
const HELD_TASKS_TAKEN_BY = heldTasks('AND k.taken_at <= ?2');
const HELD_FILES = `
SELECT f.file_id, f.lease_epoch
  FROM takes k CROSS JOIN json_each(k.picks) p CROSS JOIN files f ON f.file_id = (p.value ->> 0)
 WHERE k.session_id = ?1 AND k.kind IN ('resolve', 'place')
   AND f.lease_session = ?1 AND f.lease_epoch = (p.value ->> 2)`;

type StoredTask = Parameters<typeof taskRow>[0] & { held_epoch: number };

const heldTask = (row: StoredTask): HeldTask => ({ row: taskRow(row), epoch: row.held_epoch });

export async function leasesOf(db: D1Database, sessionId: string): Promise<HeldByTakes> {
  const tasks = await rows<StoredTask>(statement(db, HELD_TASKS, [sessionId]));
  const files = await rows<{ file_id: number; lease_epoch: number }>(
    statement(db, HELD_FILES, [sessionId]),
  );
  return {
    tasks: tasks.map(heldTask),
    files: files.map((row) => ({ fileId: row.file_id, leaseEpoch: row.lease_epoch })),
  };
}

export async function tasksTakenBy(
  db: D1Database,
  sessionId: string,
  takenBefore: number,
): Promise<HeldTask[]> {
  const values = [sessionId, takenBefore];
  return (await rows<StoredTask>(statement(db, HELD_TASKS_TAKEN_BY, values))).map(heldTask);
}

const FORGET_TAKES = `DELETE FROM takes WHERE session_id = ?1`;
const FORGET_GARBAGE_TAKE = `DELETE FROM garbage_takes WHERE session_id = ?1`;
const BURY = `UPDATE sessions SET state = ?2, leases = 0 WHERE session_id = ?1 AND state = 'closing'`;

export async function buryClosing(
  db: D1Database,
  sessionId: string,
  state: 'expired' | 'ended',
): Promise<void> {
  const values = [sessionId, state];
  await transaction(
    db,
    [FORGET_TAKES, FORGET_GARBAGE_TAKE, BURY].map((sql) => statement(db, sql, values)),
  );
}

/** A session whose domain still has unplaced files is kept: it says when that domain was last seen. */
const FORGET_SESSIONS = `
DELETE FROM sessions
 WHERE state IN ('expired', 'ended') AND last_seen_at < ?1
   AND NOT EXISTS (SELECT 1 FROM files f WHERE f.domain = sessions.domain
                    AND f.state = 'transferring' AND f.next_slice > 0)
   AND NOT EXISTS (SELECT 1 FROM files f WHERE f.domain = sessions.domain
                    AND f.state = 'placing' AND f.held IN (0, 1))`;

export async function forgetSessions(db: D1Database, lastSeenBefore: number): Promise<void> {
  await statement(db, FORGET_SESSIONS, [lastSeenBefore]).run();
}

const ZONES = `
SELECT z.zone, min(z.sample_path) AS sample_path
  FROM jobs j CROSS JOIN zones z ON z.job_no = j.job_no
 WHERE j.state <> 'done' GROUP BY z.zone ORDER BY z.zone LIMIT 1000`;

export const zones = (db: D1Database): Promise<Zone[]> => rows<Zone>(statement(db, ZONES, []));
