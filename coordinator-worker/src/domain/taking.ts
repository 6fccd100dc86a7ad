// SPDX-License-Identifier: Apache-2.0
import type {
  Lease,
  LeaseReply,
  LeaseRequest,
  PlacingReply,
  ResolvingReply,
  TakePlacing,
  TakeResolving,
  Wait,
} from '../generated/messages';
import { isFailing, PROBE_INTERVAL_MS } from './failures';
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
  const key = takeKey(request, request.direction);
  if (await store.wasTaken(key)) return { leases: [...(await store.leasesAgain(key))] };
  if (session.directive !== 'work') return waiting('paused', settings);
  if (request.direction === 'send') await noteZones(store, session, request);
  const limits = {
    ...key,
    session,
    now,
    maxTasks: request.max_tasks,
    maxBytes: request.max_bytes,
    probe: false,
  };
  return isFailing(session)
    ? probe(store, request, { ...limits, maxTasks: 1, probe: true }, settings)
    : handOut(store, request, limits, settings);
}

type Limits = Omit<SendTake, 'zones'>;

async function handOut(
  store: Store,
  request: LeaseRequest,
  limits: Limits,
  settings: Settings,
): Promise<LeaseReply> {
  if (request.direction === 'recv') {
    return recv(store, { ...limits, freeBytes: request.free_bytes }, settings);
  }
  return send(store, { ...limits, zones: await zonesFor(store, request, limits.now) }, settings);
}

/** Everything that this agent tried failed: it gets one task now and then, which says when it is well. */
async function probe(
  store: Store,
  request: LeaseRequest,
  limits: Limits,
  settings: Settings,
): Promise<LeaseReply> {
  const { session, now } = limits;
  if (now < session.probeAt) {
    return { leases: [], waiting: { reason: 'failing', retry_after_ms: session.probeAt - now } };
  }
  const reply = await handOut(store, request, limits, settings);
  if (reply.leases.length > 0) await store.noteProbe(session.sessionId, now + PROBE_INTERVAL_MS);
  return reply;
}

async function send(store: Store, take: SendTake, settings: Settings): Promise<LeaseReply> {
  const leases = await store.takeSend(take);
  if (leases.length > 0) return { leases: [...leases] };
  const why = await store.whyNoSend(take);
  const stolen =
    why === 'window_full' || why === 'paused' ? [] : await steal(store, take, settings);
  return stolen.length > 0 ? { leases: [...stolen] } : waiting(why, settings);
}

/**
 * The endgame: nothing is pending for this agent, so it may try what others are slow at. Both go on; the
 * first to complete wins. While no rate is known, slow is who needs longer than a lease.
 */
async function steal(store: Store, take: SendTake, settings: Settings): Promise<readonly Lease[]> {
  if (settings.stealFactor === 0) return [];
  const rate = await store.averageSendRate(take.now);
  return store.steal({
    ...take,
    leastAgeMs: Math.max(settings.stealMinMs, rate === null ? settings.leaseDurationMs : 0),
    averageBytesPerMs: rate === null ? Number.MAX_SAFE_INTEGER : rate / 1000,
    factor: settings.stealFactor,
  });
}

/** Who reaches what is kept with the session, to explain why a task waits. */
async function noteZones(
  store: Store,
  session: SessionRow,
  { zones, dear_zones }: LeaseRequest,
): Promise<void> {
  const dearZones = dear_zones ?? [];
  if (same(session.zones, zones) && same(session.dearZones, dearZones)) return;
  const { shortOfSpace } = session;
  await store.noteTake(session.sessionId, { zones, dearZones, shortOfSpace });
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((zone, i) => zone === b[i]);

/** Work stays with those who reach it cheaply, as long as one of them lives. */
async function zonesFor(
  store: Store,
  { session_id, zones, dear_zones }: LeaseRequest,
  now: number,
): Promise<readonly string[]> {
  const dearZones = dear_zones ?? [];
  if (dearZones.length === 0) return zones;
  const served = await store.servedByOthers(session_id, now);
  return [...zones, ...dearZones.filter((zone) => !served.has(zone))];
}

async function recv(store: Store, take: RecvTake, settings: Settings): Promise<LeaseReply> {
  const reply = await recvOrWait(store, take, settings);
  const shortOfSpace = reply.waiting?.reason === 'no_space';
  const { session } = take;
  if (shortOfSpace !== session.shortOfSpace) {
    const { zones, dearZones } = session;
    await store.noteTake(session.sessionId, { zones, dearZones, shortOfSpace });
  }
  return reply;
}

async function recvOrWait(store: Store, take: RecvTake, settings: Settings): Promise<LeaseReply> {
  const leases = await store.takeRecv(take);
  if (leases.length > 0) return { leases: [...leases] };
  if ((await restartStranded(store, settings, take.now)) > 0) {
    const again = await store.takeRecv(take);
    if (again.length > 0) return { leases: [...again] };
  }
  return waiting(await store.whyNoRecv(take), settings);
}

function waiting(reason: Wait['reason'], settings: Settings): LeaseReply {
  return { leases: [], waiting: { reason, retry_after_ms: settings.pollIntervalMs } };
}

export async function takeResolving(
  store: Store,
  request: TakeResolving,
  settings: Settings,
  now: number,
): Promise<ResolvingReply> {
  const session = await begin(store, request.session_id, 'send', settings, now);
  const key = takeKey(request, 'resolve');
  if (!(await mayTake(store, session, key))) return { files: [] };
  const files = await store.takeResolving({
    ...key,
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
  const key = takeKey(request, 'place');
  if (!(await mayTake(store, session, key))) return { files: [] };
  const files = await store.takePlacing({
    ...key,
    session,
    now,
    maxFiles: request.max_files,
  });
  return { files: [...files] };
}

function takeKey(
  request: { session_id: string; request_id: string },
  kind: TakeKey['kind'],
): TakeKey {
  return { sessionId: request.session_id, requestId: request.request_id, kind };
}

/** What an agent got before it was told to stop is told it again. */
async function mayTake(store: Store, session: SessionRow, key: TakeKey): Promise<boolean> {
  return session.directive === 'work' || (await store.wasTaken(key));
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
