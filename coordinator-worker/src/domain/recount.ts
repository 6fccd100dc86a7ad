// SPDX-License-Identifier: Apache-2.0
import type { RecountReport } from '../generated/messages';
import type { Store } from './store';

/**
 * Checks the invariants that every transition keeps: totals and window are what the rows say, every lease
 * has a session, a file's counters are those of its tasks, what is staged is held where its publish group says so. What other rows imply is repaired; the rest is reported.
 */

/** Jobs of one call, each counted in a transaction of its own. */
const JOBS_MAX = 20;
/** Of each kind and job. */
const PROBLEMS_MAX = 10;

export async function recount(store: Store): Promise<RecountReport> {
  const jobIds = await store.jobsToCount(JOBS_MAX);
  const repaired: string[] = [];
  const problems: string[] = [];
  for (const jobId of jobIds) {
    const found = await store.recountJob(jobId, { limit: PROBLEMS_MAX });
    const job = `job ${jobId.slice(0, 16)}`;
    repaired.push(...found.drift.map(({ total, was, is }) => `${job}: ${total} ${was} -> ${is}`));
    // After the totals, which it moves.
    const settled = await store.settleJob(jobId);
    if (settled > 0) repaired.push(`${job}: ${settled} staged files were not as their groups say`);
    problems.push(...found.problems.map((problem) => `${job}: ${problem}`));
  }
  return { jobs: jobIds.length, repaired, problems };
}
