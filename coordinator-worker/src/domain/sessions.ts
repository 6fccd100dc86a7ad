// SPDX-License-Identifier: Apache-2.0
import type {
  AgentRegistration,
  AgentSession,
  Heartbeat,
  HeartbeatReply,
  SessionEnd,
} from '../generated/messages';
import { parseTaskId, taskId } from './names';
import { RefusedError } from './refusal';
import { CONTRACT_VERSION, SESSION_MEMORY_MS, type Settings } from './settings';
import type { HeldTask, SessionRow, TaskTransition } from './model';
import type { HeldByTakes, Store } from './store';
import { completedBy, givenBack, held } from './tasks';

/** Sessions of agents: opened, renewed, ended; and the leases of those that went away. */

/** Transitions of one transaction. */
const RECLAIM_MAX = 500;

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
  store: Store,
  registration: AgentRegistration,
  settings: Settings,
  now: number,
): Promise<AgentSession> {
  await store.forgetSessions(now - SESSION_MEMORY_MS);
  const session = await store.openSession({
    sessionId: registration.session_id,
    name: registration.name,
    host: registration.host,
    role: registration.role,
    domain: registration.domain,
    agentVersion: registration.agent_version,
    now,
    expiresAt: now + settings.leaseDurationMs,
  });
  if (!isSame(session, registration)) {
    throw new RefusedError({ reason: 'session_conflict', sessionId: session.sessionId });
  }
  requireOpen(session, session.sessionId, now);
  return {
    session_id: session.sessionId,
    contract_version: CONTRACT_VERSION,
    ...intervals(settings),
    zones: await store.zones(),
  };
}

function isSame(session: SessionRow, registration: AgentRegistration): boolean {
  return (
    session.name === registration.name &&
    session.host === registration.host &&
    session.role === registration.role &&
    session.domain === registration.domain &&
    session.agentVersion === registration.agent_version
  );
}

/** The session, or a refusal where it isn't open or has expired. */
export function requireOpen(
  session: SessionRow | null,
  sessionId: string,
  now: number,
): SessionRow {
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
  store: Store,
  beat: Heartbeat & { sessionId: string },
  settings: Settings,
  now: number,
): Promise<HeartbeatReply> {
  const directive = await store.renewSession({
    sessionId: beat.sessionId,
    now,
    expiresAt: now + settings.leaseDurationMs,
    transferredBytes: beat.transferred_bytes,
    bytesPerSecond: beat.bytes_per_second,
    leases: beat.held.length,
  });
  if (directive === null)
    throw new RefusedError({ reason: 'session_unknown', sessionId: beat.sessionId });
  await takeBackUnnamed(store, beat, settings, now);
  return {
    ...intervals(settings),
    lost: await lostLeases(store, beat),
    directive,
    zones: await store.zones(),
  };
}

/** A heartbeat names at most so many leases; a full one may have left some out. */
const NAMED_MAX = 1000;

/**
 * Leases that the agent doesn't know of: the answer to its take, or its report, never arrived. Without
 * this they would be renewed for as long as it lives. Younger ones may be in an answer on its way.
 */
async function takeBackUnnamed(
  store: Store,
  beat: Heartbeat & { sessionId: string },
  settings: Settings,
  now: number,
): Promise<void> {
  if (beat.held.length >= NAMED_MAX) return;
  const named = new Set(beat.held.map((lease) => `${lease.task_id} ${lease.lease_epoch}`));
  const old = await store.tasksTakenBy(beat.sessionId, now - settings.leaseDurationMs);
  const unnamed = old.filter(({ row, epoch }) => !named.has(`${taskId(row)} ${epoch}`));
  if (unnamed.length === 0) return;
  const laterAt = now + settings.leaseDurationMs;
  const transitions = backToOthers(unnamed, beat.sessionId, laterAt);
  for (const some of chunks(transitions)) {
    await store.moveTasks(beat.sessionId, some, { refs: [], now, laterAt });
  }
}

/**
 * Leases that are neither held nor were completed: an answer to `complete` that is still on its way
 * must not make the agent throw its finished work away.
 */
async function lostLeases(
  store: Store,
  beat: Heartbeat & { sessionId: string },
): Promise<string[]> {
  if (beat.held.length === 0) return [];
  const { tasks } = await store.tasks(beat.held.map((lease) => parseTaskId(lease.task_id)));
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
  store: Store,
  sessionId: string,
  now: number,
): Promise<SessionEnd> {
  if (!(await store.closeSession(sessionId))) return { released: 0 };
  // The agent says that it has stopped: what it wrote may be deleted at once.
  return { released: await takeBack(store, sessionId, { state: 'ended', garbageAt: now, now }) };
}

/** Takes back the leases of all sessions that have expired. */
export async function reclaimExpired(store: Store, settings: Settings, now: number): Promise<void> {
  for (const { sessionId, expired } of await store.closingSessions(now)) {
    await takeBack(store, sessionId, {
      state: expired ? 'expired' : 'ended',
      // A writer that is only cut off may go on for as long as its own lease lasts.
      garbageAt: now + settings.leaseDurationMs,
      now,
    });
  }
}

async function takeBack(
  store: Store,
  sessionId: string,
  end: { state: 'expired' | 'ended'; garbageAt: number; now: number },
): Promise<number> {
  const leases = await store.leasesOf(sessionId);
  const times = { now: end.now, laterAt: end.garbageAt };
  const released = await giveBackLeases(store, sessionId, leases, times);
  await store.buryClosing(sessionId, end.state);
  return released;
}

/** What a session that is gone held goes to others; returns how much that is. */
export async function giveBackLeases(
  store: Store,
  sessionId: string,
  leases: HeldByTakes,
  times: { now: number; laterAt: number },
): Promise<number> {
  const transitions = backToOthers(leases.tasks, sessionId, times.laterAt);
  for (const some of chunks(transitions)) {
    await store.moveTasks(sessionId, some, { refs: [], ...times });
  }
  if (leases.files.length > 0) {
    const released = leases.files.map(
      ({ fileId, leaseEpoch }) => ({ fileId, epoch: leaseEpoch, kind: 'released' }) as const,
    );
    await store.moveFiles(sessionId, released, { ids: [], ...times });
  }
  return transitions.length + leases.files.length;
}

function backToOthers(
  tasks: readonly HeldTask[],
  sessionId: string,
  garbageAt: number,
): TaskTransition[] {
  return tasks.flatMap(({ row, epoch }) => {
    const own = held(row, { task_id: taskId(row), lease_epoch: epoch }, sessionId);
    return own === null ? [] : [givenBack(own, garbageAt, { byHolder: false })];
  });
}

function chunks(transitions: readonly TaskTransition[]): TaskTransition[][] {
  return Array.from({ length: Math.ceil(transitions.length / RECLAIM_MAX) }, (_, i) =>
    transitions.slice(i * RECLAIM_MAX, (i + 1) * RECLAIM_MAX),
  );
}
