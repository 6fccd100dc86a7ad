// SPDX-License-Identifier: Apache-2.0
import type { JobSeal, JobStatus, JobSubmission, PlannedFile } from '../generated/messages';
import { claimBy, requireServes } from './destinations';
import { differences, planRow, refuseJob, type PlannedRow } from './plan';
import type { Needs } from './ports/ports';
import { RefusedError, type ItemAnswer, type Refusal } from './refusal';
import { requireSession } from './sessions';

/** Jobs: a plan comes in batches, from either side, as often as they like. */

/** A receiver's session claims the job for its destination. A sender doesn't know whose it will be. */
export async function submitJob(
  ports: Needs<'jobs' | 'sessions'>,
  submission: JobSubmission,
  now: number,
): Promise<JobStatus> {
  const refusal = refuseJob(submission);
  if (refusal !== null) throw new RefusedError(refusal);
  const sessionId = submission.session_id ?? null;
  const session = sessionId === null ? null : await requireSession(ports, sessionId, 'recv', now);
  const claiming = session === null ? null : claimBy(session);
  const { job, claim } = await ports.jobs.submit(submission, claiming, now);
  if (session !== null && claim !== null) requireServes(job.job_id, session, claim);
  return job;
}

export async function getJob({ jobs }: Needs<'jobs'>, jobId: string): Promise<JobStatus> {
  const job = await jobs.find(jobId);
  if (job === null) throw new RefusedError({ reason: 'job_unknown', jobId });
  return job;
}

export async function submitFiles(
  ports: Needs<'jobs'>,
  jobId: string,
  files: readonly PlannedFile[],
): Promise<ItemAnswer[]> {
  const job = await getJob(ports, jobId);
  const rows = new Map<string, PlannedRow>();
  const invalid = new Map<PlannedFile, Refusal>();
  for (const file of files) {
    const row = planRow(file, job.slice_size_bytes);
    if ('reason' in row) invalid.set(file, row);
    else if (!rows.has(file.virtual_path)) rows.set(file.virtual_path, row);
  }
  const stored =
    rows.size === 0
      ? new Map<string, PlannedFile>()
      : await ports.jobs.addFiles(jobId, [...rows.values()]);
  return files.map((file) => ({
    id: file.virtual_path,
    refusal: invalid.get(file) ?? compare(jobId, file, stored.get(file.virtual_path)),
  }));
}

function compare(
  jobId: string,
  file: PlannedFile,
  stored: PlannedFile | undefined,
): Refusal | null {
  if (stored === undefined) {
    return { reason: 'job_sealed', jobId, virtualPath: file.virtual_path };
  }
  const fields = differences(file, stored);
  if (fields.length === 0) return null;
  return { reason: 'file_conflict', virtualPath: file.virtual_path, fields };
}

export async function sealJob(
  { jobs }: Needs<'jobs'>,
  jobId: string,
  seal: JobSeal,
): Promise<JobStatus> {
  const job = await jobs.seal(jobId, seal.file_count);
  if (job === null) throw new RefusedError({ reason: 'job_unknown', jobId });
  const current = fileCount(job);
  if (job.state === 'open' || current !== seal.file_count) {
    throw new RefusedError({
      reason: 'job_incomplete',
      jobId,
      presented: seal.file_count,
      current,
    });
  }
  return job;
}

export const fileCount = (job: JobStatus): number =>
  Object.values(job.files).reduce((sum, tally) => sum + tally.count, 0);
