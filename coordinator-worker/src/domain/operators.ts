// SPDX-License-Identifier: Apache-2.0
import type {
  AgentDirective,
  AgentPage,
  DirectiveReply,
  JobStatus,
  RetryRequest,
} from '../generated/messages';
import { getJob } from './jobs';
import { parseTaskId, taskId } from './names';
import { RefusedError } from './refusal';
import { EXPIRED_SHOWN_MS, type Settings } from './settings';
import { agentStatus } from './status';
import type { Store } from './store';

/**
 * What operators do to jobs and agents. Each call says what is wanted, so it may be repeated. Those that
 * move every file of a job do a bounded part of it a call; the answer says how much is left.
 */

/** Files of one transaction, and transactions of one call: well below D1's limits for both. */
const FILES_AT_ONCE = 200;
const ROUNDS_MAX = 50;

const PAGE = 100;

export async function pauseJob(store: Store, jobId: string): Promise<JobStatus> {
  return control(store, jobId, 'paused');
}

export async function resumeJob(store: Store, jobId: string): Promise<JobStatus> {
  return control(store, jobId, 'run');
}

async function control(store: Store, jobId: string, wanted: 'run' | 'paused'): Promise<JobStatus> {
  await store.controlJob(jobId, wanted);
  const job = await getJob(store, jobId);
  if (job.control === 'cancelled') throw new RefusedError({ reason: 'job_cancelled', jobId });
  return job;
}

/**
 * Nothing is handed out from the first moment on. Then the files fail, part by part, with all that a
 * failed file entails: leases are lost, objects become garbage, their deletion credits the window.
 */
export async function cancelJob(
  store: Store,
  jobId: string,
  settings: Settings,
  now: number,
): Promise<JobStatus> {
  await store.controlJob(jobId, 'cancelled');
  await getJob(store, jobId);
  const times = { now, laterAt: now + settings.leaseDurationMs };
  let after: string | null = '';
  for (let round = 0; round < ROUNDS_MAX && after !== null; round++) {
    after = await store.cancelFiles(jobId, { after, limit: FILES_AT_ONCE, ...times });
  }
  return getJob(store, jobId);
}

/** A failed task took its file along, so what comes back is the file; its attempts start again. */
export async function retryFailed(store: Store, request: RetryRequest): Promise<JobStatus> {
  const jobId = request.job_id;
  await getJob(store, jobId);
  if (request.task_ids !== null) {
    const refs = request.task_ids.map(parseTaskId);
    const { files } = await store.tasks(refs);
    const unknown = refs.find((ref) => {
      const file = files.get(ref.fileId);
      return file === undefined || ref.sliceNo >= file.slicesTotal;
    });
    if (unknown !== undefined) {
      throw new RefusedError({ reason: 'task_unknown', taskId: taskId(unknown) });
    }
    const ids = [...new Set(refs.map(({ fileId }) => fileId))];
    await store.reviveFiles(jobId, ids);
    return getJob(store, jobId);
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const ids = await store.failedFiles(jobId, FILES_AT_ONCE);
    if (ids.length === 0) break;
    await store.reviveFiles(jobId, ids);
  }
  return getJob(store, jobId);
}

export async function directAgents(
  store: Store,
  { name, directive }: AgentDirective,
  now: number,
): Promise<DirectiveReply> {
  const sessions = await store.directSessions({ name, directive, now });
  if (sessions === 0) throw new RefusedError({ reason: 'agent_unknown', name });
  return { sessions };
}

export async function agentPage(
  store: Store,
  after: string | null,
  now: number,
): Promise<AgentPage> {
  const rows = await store.agentPage({ after, limit: PAGE, seenSince: now - EXPIRED_SHOWN_MS });
  return {
    agents: rows.map((row) => agentStatus(row, now)),
    next: rows.length === PAGE ? (rows.at(-1)?.sessionId ?? null) : null,
  };
}

export async function jobPage(store: Store, after: string | null) {
  const jobs = await store.jobPage({ after, limit: PAGE });
  return { jobs: [...jobs], next: jobs.length === PAGE ? (jobs.at(-1)?.job_id ?? null) : null };
}
