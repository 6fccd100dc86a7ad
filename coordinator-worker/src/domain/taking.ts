// SPDX-License-Identifier: Apache-2.0
import type { Lease, LeaseReply, LeaseRequest, Wait } from '../generated/messages';
import { isFailing, PROBE_INTERVAL_MS } from './failures';
import type { SessionRow } from './model';
import type { Needs } from './ports/ports';
import type { RecvTake, SendTake, TakeKey } from './ports/takes';
import { reclaimExpired } from './reclaim';
import { requireSession } from './sessions';
import type { Settings } from './settings';

/** Handing out tasks. Expired leases are taken back first, in transactions of their own. */

type Taking = Needs<'sessions' | 'takes' | 'taskLeases' | 'fileLeases'>;

export async function takeTasks(
  ports: Taking,
  request: LeaseRequest,
  settings: Settings,
  now: number,
): Promise<LeaseReply> {
  await reclaimExpired(ports, settings, now);
  const session = await requireSession(ports, request.session_id, request.direction, now);
  const key = takeKey(request, request.direction);
  if (await ports.takes.wasTaken(key)) return { leases: [...(await ports.takes.again(key))] };
  if (session.directive !== 'work') return waiting('paused', settings);
  if (request.direction === 'send') await noteZones(ports, session, request);
  const limits = {
    ...key,
    session,
    now,
    maxTasks: request.max_tasks,
    maxBytes: request.max_bytes,
    probe: false,
  };
  return isFailing(session)
    ? probe(ports, request, { ...limits, maxTasks: 1, probe: true }, settings)
    : handOut(ports, request, limits, settings);
}

type Limits = Omit<SendTake, 'zones'>;

async function handOut(
  ports: Taking,
  request: LeaseRequest,
  limits: Limits,
  settings: Settings,
): Promise<LeaseReply> {
  if (request.direction === 'recv') {
    return recv(ports, { ...limits, freeBytes: request.free_bytes }, settings);
  }
  return send(ports, { ...limits, zones: await zonesFor(ports, request, limits.now) }, settings);
}

/** Everything that this agent tried failed: it gets one task now and then, which says when it is well. */
async function probe(
  ports: Taking,
  request: LeaseRequest,
  limits: Limits,
  settings: Settings,
): Promise<LeaseReply> {
  const { session, now } = limits;
  if (now < session.probeAt) {
    return { leases: [], waiting: { reason: 'failing', retry_after_ms: session.probeAt - now } };
  }
  const reply = await handOut(ports, request, limits, settings);
  if (reply.leases.length > 0) {
    await ports.sessions.noteProbe(session.sessionId, now + PROBE_INTERVAL_MS);
  }
  return reply;
}

async function send(
  ports: Needs<'takes'>,
  take: SendTake,
  settings: Settings,
): Promise<LeaseReply> {
  const leases = await ports.takes.send(take);
  if (leases.length > 0) return { leases: [...leases] };
  const why = await ports.takes.whyNoSend(take);
  const stolen =
    why === 'window_full' || why === 'paused' ? [] : await steal(ports, take, settings);
  return stolen.length > 0 ? { leases: [...stolen] } : waiting(why, settings);
}

/**
 * The endgame: nothing is pending for this agent, so it may try what others are slow at. Both go on; the
 * first to complete wins. While no rate is known, slow is who needs longer than a lease.
 */
async function steal(
  { takes }: Needs<'takes'>,
  take: SendTake,
  settings: Settings,
): Promise<readonly Lease[]> {
  if (settings.stealFactor === 0) return [];
  const rate = await takes.averageSendRate(take.now);
  return takes.steal({
    ...take,
    leastAgeMs: Math.max(settings.stealMinMs, rate === null ? settings.leaseDurationMs : 0),
    averageBytesPerMs: rate === null ? Number.MAX_SAFE_INTEGER : rate / 1000,
    factor: settings.stealFactor,
  });
}

/** Who reaches what is kept with the session, to explain why a task waits. */
async function noteZones(
  { sessions }: Needs<'sessions'>,
  session: SessionRow,
  { zones, dear_zones }: LeaseRequest,
): Promise<void> {
  const dearZones = dear_zones ?? [];
  if (same(session.zones, zones) && same(session.dearZones, dearZones)) return;
  const { shortOfSpace } = session;
  await sessions.noteTake(session.sessionId, { zones, dearZones, shortOfSpace });
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((zone, i) => zone === b[i]);

/** Work stays with those who reach it cheaply, as long as one of them lives. */
async function zonesFor(
  { sessions }: Needs<'sessions'>,
  { session_id, zones, dear_zones }: LeaseRequest,
  now: number,
): Promise<readonly string[]> {
  const dearZones = dear_zones ?? [];
  if (dearZones.length === 0) return zones;
  const served = await sessions.servedByOthers(session_id, now);
  return [...zones, ...dearZones.filter((zone) => !served.has(zone))];
}

async function recv(ports: Taking, take: RecvTake, settings: Settings): Promise<LeaseReply> {
  const reply = await recvOrWait(ports, take, settings);
  const shortOfSpace = reply.waiting?.reason === 'no_space';
  const { session } = take;
  if (shortOfSpace !== session.shortOfSpace) {
    const { zones, dearZones } = session;
    await ports.sessions.noteTake(session.sessionId, { zones, dearZones, shortOfSpace });
  }
  return reply;
}

async function recvOrWait(
  { takes, fileLeases }: Needs<'takes' | 'fileLeases'>,
  take: RecvTake,
  settings: Settings,
): Promise<LeaseReply> {
  const leases = await takes.recv(take);
  if (leases.length > 0) return { leases: [...leases] };
  // Files whose staging lies on hosts that have all been gone for too long start again elsewhere.
  const restarted = await fileLeases.restartStranded({
    seenSince: take.now - settings.domainTimeoutMs,
    now: take.now,
    laterAt: take.now + settings.leaseDurationMs,
  });
  const again = restarted > 0 ? await takes.recv(take) : [];
  if (again.length > 0) return { leases: [...again] };
  return waiting(await takes.whyNoRecv(take), settings);
}

function waiting(reason: Wait['reason'], settings: Settings): LeaseReply {
  return { leases: [], waiting: { reason, retry_after_ms: settings.pollIntervalMs } };
}

export function takeKey(
  request: { session_id: string; request_id: string },
  kind: TakeKey['kind'],
): TakeKey {
  return { sessionId: request.session_id, requestId: request.request_id, kind };
}
