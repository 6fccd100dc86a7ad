// SPDX-License-Identifier: Apache-2.0
import type { LostLease } from '../model';

/** Checks of a job's rows, part by part. */
export interface Recounts {
  /** Jobs whose totals matter, newest first, from that one on. */
  jobs(query: { readonly from: string | null; readonly limit: number }): Promise<readonly string[]>;
  /** A job whose recount is under way, or one that matters and whose last began at that time or before. */
  jobDue(startedBefore: number): Promise<string | null>;
  /** Begins a recount, or goes on with one that is under way. */
  begin(jobId: string, now: number): Promise<void>;
  /** Counts the next files and their tasks; repairs counters of files. */
  part(
    jobId: string,
    most: { readonly files: number; readonly tasks: number },
  ): Promise<RecountPart>;
  /** Makes the totals what was counted; null while there are files that were not. */
  finish(jobId: string, now: number): Promise<JobRecount | null>;
  /** Makes every staged file held, let go or failed as its publish group says; returns how many were not. */
  settleGroups(jobId: string): Promise<number>;
  /** What the job's last recount found, for people to look at. */
  keepReport(report: JobReport): Promise<void>;
  /** What the last recounts of the newest jobs found. */
  reports(): Promise<readonly JobReport[]>;
}

export interface RecountPart {
  /** Whether there was anything to count. */
  readonly more: boolean;
  readonly lost: readonly LostLease[];
}

/** A line each. */
export interface JobRecount {
  readonly repaired: readonly string[];
  readonly problems: readonly string[];
}

export interface JobReport extends JobRecount {
  readonly jobId: string;
}
