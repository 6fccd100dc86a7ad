// SPDX-License-Identifier: Apache-2.0
import type {
  HeartbeatReply,
  JobStatus,
  JobSubmission,
  PlannedFile,
} from '../../generated/messages';
import type { Claim } from '../model';
import type { PlannedRow } from '../plan';

/** A job, and whose it is. */
export interface ClaimedJob {
  readonly job: JobStatus;
  readonly claim: Claim | null;
}

/** Plans, as they are submitted. */
export interface Jobs {
  /** Opens the job unless its id is known, and claims it unless it is somebody's; returns what is there then. */
  submit(job: JobSubmission, claim: Claim | null, now: number): Promise<ClaimedJob>;
  find(jobId: string): Promise<JobStatus | null>;
  /** Adds files that aren't there yet while the job is open; returns those of these paths after that. */
  addFiles(jobId: string, rows: readonly PlannedRow[]): Promise<ReadonlyMap<string, PlannedFile>>;
  /** Seals the job if it has so many files. */
  seal(jobId: string, fileCount: number): Promise<JobStatus | null>;
  /** Zones of jobs that are not over. */
  zones(): Promise<HeartbeatReply['zones']>;
}
