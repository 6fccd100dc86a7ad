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
import { giveBack, takeBackAll } from './reclaim';
import { RefusedError } from './refusal';
import { CONTRACT_VERSION, SESSION_MEMORY_MS, type Settings } from './settings';
import type { HeldFile, HeldTask, SessionRow } from './model';
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
  ports: Needs<'sessions' | 'taskLeases' | 'fileLeases' | 'jobs'>,
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
    lost_files: await lostFiles(ports, beat),
    directive,
    zones: await ports.jobs.zones(),
  };
}

/** A heartbeat names at most so many leases of a kind; a full one may have left some out. */
const NAMED_MAX = 1000;

/**
 * Leases that the agent doesn't know of: the answer to its take, or its report, never arrived, or a take came
 * late. Without this they would be renewed for as long as it lives. Younger ones may be in an answer on its way.
 */
async function takeBackUnnamed(
  ports: Needs<'taskLeases' | 'fileLeases'>,
  beat: Heartbeat & { sessionId: string },
  settings: Settings,
  now: number,
): Promise<void> {
  const takenBefore = now - settings.leaseDurationMs;
  const leases = {
    tasks: await unnamedTasks(ports, beat, takenBefore),
    files: await unnamedFiles(ports, beat, takenBefore),
  };
  await giveBack(ports, beat.sessionId, leases, { now, laterAt: now + settings.leaseDurationMs });
}

async function unnamedTasks(
  { taskLeases }: Needs<'taskLeases'>,
  { sessionId, held: named }: Heartbeat & { sessionId: string },
  takenBefore: number,
): Promise<HeldTask[]> {
  if (named.length >= NAMED_MAX) return [];
  const names = new Set(named.map((lease) => `${lease.task_id} ${lease.lease_epoch}`));
  const old = await taskLeases.heldBy(sessionId, takenBefore);
  return old.filter(({ row, epoch }) => !names.has(`${taskId(row)} ${epoch}`));
}

/** None of an agent that doesn't name files. */
async function unnamedFiles(
  { fileLeases }: Needs<'fileLeases'>,
  { sessionId, held_files: named }: Heartbeat & { sessionId: string },
  takenBefore: number,
): Promise<HeldFile[]> {
  if (named === undefined || named.length >= NAMED_MAX) return [];
  const names = new Set(named.map((lease) => `${lease.file_id} ${lease.lease_epoch}`));
  const old = await fileLeases.heldBy(sessionId, takenBefore);
  return old.filter(({ fileId, leaseEpoch }) => !names.has(`${fileId} ${leaseEpoch}`));
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

/** The same of files. Of the reports only `placed` has more to be done when its answer comes. */
async function lostFiles(
  { fileLeases }: Needs<'fileLeases'>,
  { sessionId, held_files: named = [] }: Heartbeat & { sessionId: string },
): Promise<string[]> {
  if (named.length === 0) return [];
  const files = await fileLeases.find(named.map(({ file_id }) => Number(file_id)));
  return named
    .filter(({ file_id, lease_epoch }) => {
      const row = files.get(Number(file_id));
      const isOurs = row?.leaseSession === sessionId || row?.state === 'done';
      return row?.leaseEpoch !== lease_epoch || !isOurs;
    })
    .map(({ file_id }) => file_id);
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
