// SPDX-License-Identifier: Apache-2.0
import type {
  AgentRegistration,
  AgentSession,
  Heartbeat,
  HeartbeatReply,
  SessionEnd,
} from '../generated/messages';
import { parseTaskId, taskId } from './names';
import type { Needs } from './ports/ports';
import { giveBackTasks, takeBackAll } from './reclaim';
import { RefusedError } from './refusal';
import { CONTRACT_VERSION, SESSION_MEMORY_MS, type Settings } from './settings';
import type { SessionRow } from './model';
import { completedBy, held } from './tasks';

/** Sessions of agents: opened, renewed, ended. */

/** Before anything else is read of a registration: other versions may have other fields. */
export function requireContract(presented: number): void {
  if (presented === CONTRACT_VERSION) return;
  throw new RefusedError({
    reason: 'contract_unsupported',
    presented,
    supported: CONTRACT_VERSION,
  });
}

export async function registerAgent(
  { sessions, jobs }: Needs<'sessions' | 'jobs'>,
  registration: AgentRegistration,
  settings: Settings,
  now: number,
): Promise<AgentSession> {
  await sessions.forget(now - SESSION_MEMORY_MS);
  const session = await sessions.open({
    sessionId: registration.session_id,
    name: registration.name,
    host: registration.host,
    role: registration.role,
    domain: registration.domain,
    ...foldersOf(registration),
    agentVersion: registration.agent_version,
    now,
    expiresAt: now + settings.leaseDurationMs,
  });
  if ('rivalName' in session) {
    const { name, host, domain } = registration;
    throw new RefusedError({ reason: 'domain_conflict', domain, name, host, ...session });
  }
  if (!isSame(session, registration)) {
    throw new RefusedError({ reason: 'session_conflict', sessionId: session.sessionId });
  }
  requireOpen(session, session.sessionId, now);
  return {
    session_id: session.sessionId,
    contract_version: CONTRACT_VERSION,
    ...intervals(settings),
    zones: await jobs.zones(),
  };
}

/** What it receives for, and where to; a sender has neither. */
function foldersOf(registration: AgentRegistration) {
  if (registration.role === 'send') {
    return { destination: null, targetFolderId: null, cacheFolderId: null };
  }
  return {
    destination: registration.destination ?? registration.domain,
    targetFolderId: registration.target_folder_id ?? null,
    cacheFolderId: registration.cache_folder_id ?? null,
  };
}

function isSame(session: SessionRow, registration: AgentRegistration): boolean {
  return (
    session.name === registration.name &&
    session.host === registration.host &&
    session.role === registration.role &&
    session.domain === registration.domain &&
    session.destination === foldersOf(registration).destination &&
    session.agentVersion === registration.agent_version
  );
}

/** The session, or a refusal where it isn't open, has expired, or is not for that. */
export async function requireSession(
  { sessions }: Needs<'sessions'>,
  sessionId: string,
  needed: 'send' | 'recv',
  now: number,
): Promise<SessionRow> {
  const session = requireOpen(await sessions.find(sessionId), sessionId, now);
  if (session.role === needed || session.role === 'both') return session;
  throw new RefusedError({ reason: 'role_mismatch', sessionRole: session.role, needed });
}

function requireOpen(session: SessionRow | null, sessionId: string, now: number): SessionRow {
  if (session === null || session.state !== 'open' || session.expiresAt <= now) {
    throw new RefusedError({ reason: 'session_unknown', sessionId });
  }
  return session;
}

function intervals(settings: Settings) {
  return {
    lease_duration_ms: settings.leaseDurationMs,
    heartbeat_interval_ms: settings.heartbeatIntervalMs,
    poll_interval_ms: settings.pollIntervalMs,
  };
}

export async function heartbeat(
  ports: Needs<'sessions' | 'taskLeases' | 'jobs'>,
  beat: Heartbeat & { sessionId: string },
  settings: Settings,
  now: number,
): Promise<HeartbeatReply> {
  const directive = await ports.sessions.renew({
    sessionId: beat.sessionId,
    now,
    expiresAt: now + settings.leaseDurationMs,
    transferredBytes: beat.transferred_bytes,
    bytesPerSecond: beat.bytes_per_second,
    leases: beat.held.length,
  });
  if (directive === null) {
    throw new RefusedError({ reason: 'session_unknown', sessionId: beat.sessionId });
  }
  await takeBackUnnamed(ports, beat, settings, now);
  return {
    ...intervals(settings),
    lost: await lostLeases(ports, beat),
    directive,
    zones: await ports.jobs.zones(),
  };
}

/** A heartbeat names at most so many leases; a full one may have left some out. */
const NAMED_MAX = 1000;

/**
 * Leases that the agent doesn't know of: the answer to its take, or its report, never arrived. Without
 * this they would be renewed for as long as it lives. Younger ones may be in an answer on its way.
 */
async function takeBackUnnamed(
  ports: Needs<'taskLeases'>,
  beat: Heartbeat & { sessionId: string },
  settings: Settings,
  now: number,
): Promise<void> {
  if (beat.held.length >= NAMED_MAX) return;
  const named = new Set(beat.held.map((lease) => `${lease.task_id} ${lease.lease_epoch}`));
  const old = await ports.taskLeases.heldBy(beat.sessionId, now - settings.leaseDurationMs);
  const unnamed = old.filter(({ row, epoch }) => !named.has(`${taskId(row)} ${epoch}`));
  const end = { now, laterAt: now + settings.leaseDurationMs };
  await giveBackTasks(ports, beat.sessionId, unnamed, end);
}

/**
 * Leases that are neither held nor were completed: an answer to `complete` that is still on its way
 * must not make the agent throw its finished work away.
 */
async function lostLeases(
  { taskLeases }: Needs<'taskLeases'>,
  beat: Heartbeat & { sessionId: string },
): Promise<string[]> {
  if (beat.held.length === 0) return [];
  const { tasks } = await taskLeases.find(beat.held.map((lease) => parseTaskId(lease.task_id)));
  return beat.held
    .filter((lease) => {
      const row = tasks.get(taskId(parseTaskId(lease.task_id)));
      return (
        row === undefined || !(held(row, lease, beat.sessionId) !== null || completedBy(row, lease))
      );
    })
    .map((lease) => lease.task_id);
}

export async function endSession(
  ports: Needs<'sessions' | 'taskLeases' | 'fileLeases'>,
  sessionId: string,
  now: number,
): Promise<SessionEnd> {
  if (!(await ports.sessions.close(sessionId))) return { released: 0 };
  // The agent says that it has stopped: what it wrote may be deleted at once.
  return { released: await takeBackAll(ports, sessionId, 'ended', { now, laterAt: now }) };
}
