// SPDX-License-Identifier: Apache-2.0
import type { JobStatus } from '../../generated/messages';
import type { SessionRow } from '../model';
import type { LeaseEnd } from './leases';

/** What operators change. */
export interface Operators {
  /** Does nothing to a job that is cancelled or over. */
  controlJob(jobId: string, wanted: JobStatus['control']): Promise<void>;
  /** Fails the next files of a cancelled job; returns where to go on, null at the end. */
  cancelFiles(
    jobId: string,
    part: LeaseEnd & { readonly after: string; readonly limit: number },
  ): Promise<string | null>;
  /** A cancelled job is worked on again; its failed files are not yet. */
  reopenCancelled(jobId: string): Promise<void>;
  failedFiles(jobId: string, limit: number): Promise<readonly number[]>;
  /** Failed ones of these files of the job go on from where they were. */
  reviveFiles(jobId: string, ids: readonly number[]): Promise<void>;
  /** Returns how many open sessions of that name are told so now. */
  directSessions(order: {
    readonly name: string;
    readonly directive: SessionRow['directive'];
    readonly now: number;
  }): Promise<number>;
}
