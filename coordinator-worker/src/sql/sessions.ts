// SPDX-License-Identifier: Apache-2.0
import type { SessionRow } from '../domain/model';
import type {
  ClosingSession,
  NewSession,
  Renewal,
  Rival,
  Sessions,
} from '../domain/ports/sessions';
import { isBegun, isLive, isWell } from './conditions';
import { FORGET_RANGE } from './garbage';
import { batch, rows, run, transaction, when } from './statement';
import { OFFER_SWEEP_AGAIN } from './sweeps';

const SESSIONS = `
SELECT session_id, state, name, host, role, domain, destination, target_folder_id, cache_folder_id, agent_version, expires_at, directive, zones,
       dear_zones, short_of_space, json_array_length(failing_tasks) AS failing_tasks, probe_at
  FROM sessions`;

/** Needs :session. */
const FIND = `${SESSIONS} WHERE session_id = :session`;
const LIVE = `${SESSIONS} WHERE ${isLive('sessions')} LIMIT 1000`;

/**
 * A live agent of the same domain that can't be shown to share its file system: their files would be split between
 * two. Needs :session, :destination, :domain, :targetFolderId, :cacheFolderId, :now.
 */
const RIVAL = `
SELECT s.name, s.host FROM sessions s
 WHERE ${isLive('s')} AND s.session_id <> :session AND s.destination = :destination AND s.domain = :domain
   AND (s.target_folder_id = :targetFolderId AND s.cache_folder_id IS :cacheFolderId) IS NOT 1
 LIMIT 1`;

/** Needs all that it names. */
const OPEN = `
INSERT INTO sessions (session_id, state, name, host, role, domain, destination, target_folder_id, cache_folder_id,
                      agent_version, opened_at, last_seen_at, expires_at)
SELECT :session, 'open', :name, :host, :role, :domain, :destination, :targetFolderId, :cacheFolderId,
       :agentVersion, :now, :now, :expiresAt
 WHERE NOT EXISTS (${RIVAL})
ON CONFLICT (session_id) DO NOTHING`;

/** The one row that a heartbeat writes; no index holds what it changes. */
const RENEW = `
UPDATE sessions SET expires_at = :expiresAt, last_seen_at = :now, transferred_bytes = :transferredBytes,
                    bytes_per_second = :bytesPerSecond, leases = :leases
 WHERE session_id = :session AND ${isLive('sessions')} RETURNING directive`;

const NOTE_TAKE = `
UPDATE sessions SET zones = :zones, dear_zones = :dearZones, short_of_space = :shortOfSpace
 WHERE session_id = :session`;

const NOTE_PROBE = 'UPDATE sessions SET probe_at = :nextAt WHERE session_id = :session';

/** An agent that is told to take nothing, or on which everything fails, serves nobody. Needs :session, :now. */
const SERVED = `
SELECT DISTINCT z.value AS zone
  FROM sessions s CROSS JOIN json_each(s.zones) z
 WHERE ${isLive('s')} AND s.session_id <> :session
   AND s.role <> 'recv' AND s.directive = 'work' AND ${isWell('s')}`;

const CLOSE = `UPDATE sessions SET state = 'closing' WHERE session_id = :session AND state = 'open'`;

/** Needs :now. */
const IS_EXPIRED = `state = 'open' AND expires_at <= :now`;
const EXPIRED = `SELECT session_id FROM sessions WHERE ${IS_EXPIRED} LIMIT 1`;
const CLOSE_EXPIRED = `UPDATE sessions SET state = 'closing' WHERE ${IS_EXPIRED}`;
const CLOSING = `
SELECT session_id, expires_at <= :now AS expired FROM sessions WHERE state = 'closing' LIMIT 20`;

const FORGET_TAKES = 'DELETE FROM takes WHERE session_id = :session';
const BURY = `
UPDATE sessions SET state = :state, leases = 0 WHERE session_id = :session AND state = 'closing'`;

/** A session whose domain still has unplaced files is kept: it says when that domain was last seen. Needs :lastSeenBefore. */
const FORGET = `
DELETE FROM sessions
 WHERE state IN ('expired', 'ended') AND last_seen_at < :lastSeenBefore
   AND NOT EXISTS (SELECT 1 FROM files f WHERE f.domain = sessions.domain AND ${isBegun('f')})
   AND NOT EXISTS (SELECT 1 FROM files f WHERE f.domain = sessions.domain
                    AND f.state = 'placing' AND f.held IN (0, 1))`;

interface StoredSession {
  session_id: string;
  state: SessionRow['state'];
  name: string;
  host: string;
  role: SessionRow['role'];
  domain: string;
  destination: string | null;
  target_folder_id: string | null;
  cache_folder_id: string | null;
  agent_version: string;
  expires_at: number;
  directive: SessionRow['directive'];
  zones: string;
  dear_zones: string;
  short_of_space: number;
  failing_tasks: number;
  probe_at: number;
}

interface Closing {
  session_id: string;
  expired: number;
}

export class D1Sessions implements Sessions {
  constructor(private readonly db: D1Database) {}

  async open({ sessionId, ...session }: NewSession): Promise<SessionRow | Rival> {
    const values = { session: sessionId, ...session };
    const results = await batch<StoredSession>(this.db, [OPEN, RIVAL, FIND], values);
    const [row] = results.at(-1)?.results ?? [];
    if (row !== undefined) return sessionRow(row);
    const [rival] = results.at(-2)?.results ?? [];
    if (rival === undefined) throw new Error('a session that was just inserted is not there');
    return { rivalName: rival.name, rivalHost: rival.host };
  }

  async find(sessionId: string): Promise<SessionRow | null> {
    const [row] = await rows<StoredSession>(this.db, FIND, { session: sessionId });
    return row === undefined ? null : sessionRow(row);
  }

  async live(now: number): Promise<SessionRow[]> {
    return (await rows<StoredSession>(this.db, LIVE, { now })).map(sessionRow);
  }

  async renew({ sessionId, ...renewal }: Renewal): Promise<SessionRow['directive'] | null> {
    const values = { session: sessionId, ...renewal };
    const [renewed] = await rows<Pick<StoredSession, 'directive'>>(this.db, RENEW, values);
    return renewed?.directive ?? null;
  }

  async noteTake(
    sessionId: string,
    { zones, dearZones, shortOfSpace }: Pick<SessionRow, 'zones' | 'dearZones' | 'shortOfSpace'>,
  ): Promise<void> {
    await run(this.db, NOTE_TAKE, {
      session: sessionId,
      zones: JSON.stringify(zones),
      dearZones: JSON.stringify(dearZones),
      shortOfSpace: shortOfSpace ? 1 : 0,
    });
  }

  async noteProbe(sessionId: string, nextAt: number): Promise<void> {
    await run(this.db, NOTE_PROBE, { session: sessionId, nextAt });
  }

  async servedByOthers(sessionId: string, now: number): Promise<ReadonlySet<string>> {
    const found = await rows<{ zone: string }>(this.db, SERVED, { session: sessionId, now });
    return new Set(found.map(({ zone }) => zone));
  }

  async close(sessionId: string): Promise<boolean> {
    return (await run(this.db, CLOSE, { session: sessionId })) > 0;
  }

  /**
   * Closes first, in a transaction of its own: from then on the session can neither be renewed nor take,
   * so what is taken back afterwards is all that it holds, even if this Worker dies in between.
   */
  async closing(now: number): Promise<ClosingSession[]> {
    const [expired, closing] = await batch<Closing>(this.db, [EXPIRED, CLOSING], { now });
    const found =
      (expired?.results.length ?? 0) === 0
        ? (closing?.results ?? [])
        : await transaction<Closing>(this.db, [CLOSE_EXPIRED, CLOSING], { now });
    return found.map((row) => ({ sessionId: row.session_id, expired: row.expired === 1 }));
  }

  async bury(sessionId: string, state: 'expired' | 'ended'): Promise<void> {
    const sweeps = when(state === 'expired', OFFER_SWEEP_AGAIN);
    const steps = [FORGET_TAKES, FORGET_RANGE, ...sweeps, BURY];
    await transaction(this.db, steps, { session: sessionId, state });
  }

  async forget(lastSeenBefore: number): Promise<void> {
    await run(this.db, FORGET, { lastSeenBefore });
  }
}

function sessionRow(row: StoredSession): SessionRow {
  return {
    sessionId: row.session_id,
    state: row.state,
    name: row.name,
    host: row.host,
    role: row.role,
    domain: row.domain,
    destination: row.destination,
    targetFolderId: row.target_folder_id,
    cacheFolderId: row.cache_folder_id,
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
