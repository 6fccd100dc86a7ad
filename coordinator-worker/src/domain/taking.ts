// SPDX-License-Identifier: Apache-2.0
import type {
  LeaseReply,
  LeaseRequest,
  PlacingReply,
  ResolvingReply,
  TakePlacing,
  TakeResolving,
} from '../generated/messages';
import type { SessionRow } from './model';
import { RefusedError } from './refusal';
import { reclaimExpired, requireOpen } from './sessions';
import type { Settings } from './settings';
import type { RecvTake, SendTake, Store, TakeKey } from './store';

/** Handing out work. Expired leases are taken back first, in transactions of their own. */

type Direction = 'send' | 'recv';

export async function takeTasks(
  store: Store,
  request: LeaseRequest,
  settings: Settings,
  now: number,
): Promise<LeaseReply> {
  const session = await begin(store, request.session_id, request.direction, settings, now);
  const key: TakeKey = {
    sessionId: request.session_id,
    requestId: request.request_id,
    kind: request.direction,
  };
  if (await store.wasTaken(key)) return { leases: [...(await store.leasesAgain(key))] };
  const limits = {
    ...key,
    session,
    now,
    maxTasks: request.max_tasks,
    maxBytes: request.max_bytes,
  };
  if (request.direction === 'send') {
    return send(store, { ...limits, zones: request.zones }, settings);
  }
  return recv(store, { ...limits, freeBytes: request.free_bytes }, settings);
}

async function send(store: Store, take: SendTake, settings: Settings): Promise<LeaseReply> {
  const leases = await store.takeSend(take);
  if (leases.length > 0) return { leases: [...leases] };
  return waiting(await store.whyNoSend(take), settings);
}

async function recv(store: Store, take: RecvTake, settings: Settings): Promise<LeaseReply> {
  const leases = await store.takeRecv(take);
  if (leases.length > 0) return { leases: [...leases] };
  if ((await restartStranded(store, settings, take.now)) > 0) {
    const again = await store.takeRecv(take);
    if (again.length > 0) return { leases: [...again] };
  }
  return waiting(await store.whyNoRecv(take), settings);
}

function waiting(
  reason: 'no_work' | 'window_full' | 'no_space' | 'not_reachable',
  settings: Settings,
): LeaseReply {
  return { leases: [], waiting: { reason, retry_after_ms: settings.pollIntervalMs } };
}

export async function takeResolving(
  store: Store,
  request: TakeResolving,
  settings: Settings,
  now: number,
): Promise<ResolvingReply> {
  const session = await begin(store, request.session_id, 'send', settings, now);
  const files = await store.takeResolving({
    sessionId: request.session_id,
    requestId: request.request_id,
    kind: 'resolve',
    session,
    now,
    zones: request.zones,
    maxFiles: request.max_files,
    // A check reads a kilobyte: who needs longer than a lease has forgotten it, or can't read.
    forgottenBefore: now - settings.leaseDurationMs,
  });
  return { files: [...files] };
}

export async function takePlacing(
  store: Store,
  request: TakePlacing,
  settings: Settings,
  now: number,
): Promise<PlacingReply> {
  const session = await begin(store, request.session_id, 'recv', settings, now);
  const files = await store.takePlacing({
    sessionId: request.session_id,
    requestId: request.request_id,
    kind: 'place',
    session,
    now,
    maxFiles: request.max_files,
  });
  return { files: [...files] };
}

async function begin(
  store: Store,
  sessionId: string,
  direction: Direction,
  settings: Settings,
  now: number,
): Promise<SessionRow> {
  await reclaimExpired(store, settings, now);
  const session = requireOpen(await store.session(sessionId), sessionId, now);
  requireRole(session, direction);
  return session;
}

export function requireRole(session: SessionRow, direction: Direction): void {
  if (session.role === direction || session.role === 'both') return;
  throw new RefusedError({
    reason: 'role_mismatch',
    sessionRole: session.role,
    needed: direction,
  });
}

/** Files whose staging lies on hosts that have all been gone for too long start again elsewhere. */
async function restartStranded(store: Store, settings: Settings, now: number): Promise<number> {
  return store.restartStranded({
    seenSince: now - settings.domainTimeoutMs,
    now,
    laterAt: now + settings.leaseDurationMs,
  });
}
