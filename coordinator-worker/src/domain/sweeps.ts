// SPDX-License-Identifier: Apache-2.0
import type { GarbageReply, ListedBatch, SweepReply, TakeSweep } from '../generated/messages';
import { requireDestination } from './destinations';
import { getJob } from './jobs';
import { keyPrefix, parseObjectKey } from './names';
import type { Needs } from './ports/ports';
import { requireSession } from './sessions';
import { SWEEP_INTERVAL_MS, type Settings } from './settings';

/**
 * Objects that no row knows: of writers that were cut off and went on after their object had been deleted,
 * or of a database that is gone. A receiver lists a job's own prefix; what no row will ever name again
 * becomes garbage. Two sweeps of a job at once do no harm, so the time of the next one is all the lease there is.
 */

/**
 * An object must be older than so many leases: whoever writes it has lost its own long since. The store's clock
 * need not be ours to the second: that an epoch is over is what makes a deletion safe, the age only confirms it.
 */
const LEAST_AGE_LEASES = 2;
/** After a job's end it is looked through at once, and again when its last writers are certainly gone. */
const LAST_SWEEP_LEASES = 3;

export async function takeSweep(
  ports: Needs<'sessions' | 'sweeps'>,
  { session_id: sessionId, request_id: requestId, leaving }: TakeSweep,
  settings: Settings,
  now: number,
): Promise<SweepReply> {
  const { destination } = await requireSession(ports, sessionId, 'recv', now);
  const jobId = await ports.sweeps.take({
    sessionId,
    destination,
    requestId,
    now,
    nextAt: now + SWEEP_INTERVAL_MS,
    lastAt: now + LAST_SWEEP_LEASES * settings.leaseDurationMs,
  });
  if (jobId !== null) return { sweeps: [{ job_id: jobId, key_prefix: keyPrefix(jobId) }] };
  const until = leaving === true ? await ports.sweeps.lastComesAt(destination, now) : null;
  return until === null ? { sweeps: [] } : { sweeps: [], wait_ms: Math.max(1, until - now) };
}

/** Keys that aren't made as ours are, or are another job's, are left alone. */
export async function listedObjects(
  ports: Needs<'sessions' | 'jobs' | 'sweeps'>,
  batch: ListedBatch,
  settings: Settings,
  now: number,
): Promise<GarbageReply> {
  const { session_id: sessionId, job_id: jobId } = batch;
  const session = await requireSession(ports, sessionId, 'recv', now);
  const { destination } = await getJob(ports, jobId);
  requireDestination(jobId, session, destination);
  const latest = now - LEAST_AGE_LEASES * settings.leaseDurationMs;
  const objects = batch.objects
    .filter(({ last_modified_ms }) => last_modified_ms <= latest)
    .flatMap(({ object_key }) => parseObjectKey(jobId, object_key) ?? []);
  if (objects.length === 0) return { object_keys: [] };
  return { object_keys: await ports.sweeps.discardUnknown(jobId, objects, latest) };
}
