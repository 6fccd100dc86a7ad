// SPDX-License-Identifier: Apache-2.0
import type {
  AgentDirective,
  DirectiveReply,
  JobStatus,
  RetryRequest,
} from '../generated/messages';
import { getJob } from './jobs';
import { parseTaskId, taskId } from './names';
import type { Needs } from './ports/ports';
import { RefusedError } from './refusal';
import type { Settings } from './settings';

/**
 * What operators do to jobs and agents. Each call says what is wanted, so it may be repeated. Those that
 * move every file of a job do a bounded part of it a call; the answer says how much is left.
 */

/** Files of one transaction, and transactions of one call: well below D1's limits for both. */
const FILES_AT_ONCE = 200;
const ROUNDS_MAX = 50;

type OfJobs = Needs<'jobs' | 'operators'>;

export async function pauseJob(ports: OfJobs, jobId: string): Promise<JobStatus> {
  return control(ports, jobId, 'paused');
}

export async function resumeJob(ports: OfJobs, jobId: string): Promise<JobStatus> {
  return control(ports, jobId, 'run');
}

async function control(ports: OfJobs, jobId: string, wanted: 'run' | 'paused'): Promise<JobStatus> {
  await ports.operators.controlJob(jobId, wanted);
  const job = await getJob(ports, jobId);
  if (job.control === 'cancelled') throw new RefusedError({ reason: 'job_cancelled', jobId });
  return job;
}

/**
 * Nothing is handed out from the first moment on. Then the files fail, part by part, with all that a
 * failed file entails: leases are lost, objects become garbage, their deletion credits the window.
 */
export async function cancelJob(
  ports: OfJobs,
  jobId: string,
  settings: Settings,
  now: number,
): Promise<JobStatus> {
  await ports.operators.controlJob(jobId, 'cancelled');
  await getJob(ports, jobId);
  const times = { now, laterAt: now + settings.leaseDurationMs };
  let after: string | null = '';
  for (let round = 0; round < ROUNDS_MAX && after !== null; round++) {
    after = await ports.operators.cancelFiles(jobId, { after, limit: FILES_AT_ONCE, ...times });
  }
  return getJob(ports, jobId);
}

/**
 * A failed task took its file along, so what comes back is the file; its attempts start again. What an operator
 * cancelled only an operator brings back.
 */
export async function retryFailed(
  ports: OfJobs & Needs<'taskLeases'>,
  request: RetryRequest,
  byOperator: boolean,
): Promise<JobStatus> {
  const jobId = request.job_id;
  const { control } = await getJob(ports, jobId);
  if (control === 'cancelled' && !byOperator) {
    throw new RefusedError({ reason: 'job_cancelled', jobId });
  }
  if (request.task_ids === null) await reviveAll(ports, jobId);
  else await ports.operators.reviveFiles(jobId, await filesOf(ports, request.task_ids));
  return getJob(ports, jobId);
}

async function reviveAll({ operators }: OfJobs, jobId: string): Promise<void> {
  await operators.reopenCancelled(jobId);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const ids = await operators.failedFiles(jobId, FILES_AT_ONCE);
    if (ids.length === 0) return;
    await operators.reviveFiles(jobId, ids);
  }
}

async function filesOf(
  { taskLeases }: Needs<'taskLeases'>,
  taskIds: readonly string[],
): Promise<number[]> {
  const refs = taskIds.map(parseTaskId);
  const { files } = await taskLeases.find(refs);
  const unknown = refs.find(({ fileId, sliceNo }) => {
    const file = files.get(fileId);
    return file === undefined || sliceNo >= file.slicesTotal;
  });
  if (unknown !== undefined) {
    throw new RefusedError({ reason: 'task_unknown', taskId: taskId(unknown) });
  }
  return [...new Set(refs.map(({ fileId }) => fileId))];
}

export async function directAgents(
  { operators }: Needs<'operators'>,
  { name, directive }: AgentDirective,
  now: number,
): Promise<DirectiveReply> {
  const sessions = await operators.directSessions({ name, directive, now });
  if (sessions === 0) throw new RefusedError({ reason: 'agent_unknown', name });
  return { sessions };
}
