// SPDX-License-Identifier: Apache-2.0
import type { RecountReport } from '../generated/messages';
import { WHOLE_FILE, type LostLease } from './model';
import { taskId } from './names';
import type { Needs } from './ports/ports';
import type { JobReport } from './ports/recounts';
import { giveBack } from './reclaim';
import { RECOUNT_INTERVAL_MS, type Settings } from './settings';

/**
 * Checks the invariants that every transition keeps: totals and window are what the rows say, every lease
 * has a session, a file's counters are those of its tasks, what is staged is held where its publish group says
 * so. What other rows imply is repaired; the rest is reported. Part by part, while the work goes on: a call does
 * a bounded number of parts, the next goes on.
 */

/** Far below what D1 allows a query, and short enough for takes to wait for. */
const PART = { files: 500, tasks: 5000 };
/** Parts of one call or cron run: half a million tasks. */
const PARTS_MAX = 100;
/** Jobs of one call. */
const JOBS_MAX = 20;

export interface RecountOptions {
  readonly settings: Settings;
  readonly now: number;
  readonly part?: { readonly files: number; readonly tasks: number };
  readonly partsMax?: number;
}

type Counting = Needs<'recounts' | 'taskLeases' | 'fileLeases'>;

/** All jobs that matter, from that one on: an operator's call. */
export async function recount(
  ports: Counting,
  from: string | null,
  options: RecountOptions,
): Promise<RecountReport> {
  const jobIds = await ports.recounts.jobs({ from, limit: JOBS_MAX + 1 });
  const reports: JobReport[] = [];
  let partsLeft = options.partsMax ?? PARTS_MAX;
  for (const jobId of jobIds.slice(0, JOBS_MAX)) {
    const counted = await recountJob(ports, jobId, { ...options, partsMax: partsLeft });
    if (counted.report === null) return told(reports, jobId);
    reports.push(counted.report);
    partsLeft -= counted.parts;
  }
  return told(reports, jobIds[JOBS_MAX] ?? null);
}

/** The job that is due, if one is: what cron does. Null: none, or not at its end yet. */
export async function recountDue(
  ports: Counting,
  options: RecountOptions,
): Promise<JobReport | null> {
  const jobId = await ports.recounts.jobDue(options.now - RECOUNT_INTERVAL_MS);
  return jobId === null ? null : (await recountJob(ports, jobId, options)).report;
}

export async function lastRecounts({ recounts }: Needs<'recounts'>): Promise<RecountReport> {
  return told(await recounts.reports(), null);
}

async function recountJob(
  ports: Counting,
  jobId: string,
  options: RecountOptions,
): Promise<{ report: JobReport | null; parts: number }> {
  const { now, part = PART, partsMax = PARTS_MAX } = options;
  const { recounts } = ports;
  await recounts.begin(jobId, now);
  for (let parts = 1; parts <= partsMax; parts++) {
    const { more, lost } = await recounts.part(jobId, part);
    await giveBackLost(ports, lost, options);
    if (more) continue;
    const found = await recounts.finish(jobId, now);
    if (found === null) continue;
    // After the totals, which it moves.
    const settled = await recounts.settleGroups(jobId);
    const groups = settled > 0 ? [`${settled} staged files were not as their groups say`] : [];
    const report = { jobId, repaired: [...found.repaired, ...groups], problems: found.problems };
    await recounts.keepReport(report);
    return { report, parts };
  }
  return { report: null, parts: partsMax };
}

/** As the sessions' end would have done; their writers may still be at work. */
async function giveBackLost(
  ports: Counting,
  lost: readonly LostLease[],
  { settings, now }: RecountOptions,
): Promise<void> {
  const times = { now, laterAt: now + settings.leaseDurationMs };
  for (const sessionId of new Set(lost.map((lease) => lease.sessionId))) {
    const own = lost.filter((lease) => lease.sessionId === sessionId);
    const epochs = new Map(own.map((lease) => [taskId(lease), lease.epoch]));
    const { tasks } = await ports.taskLeases.find(own.filter(({ sliceNo }) => sliceNo >= 0));
    const leases = {
      tasks: [...tasks].map(([id, row]) => ({ row, epoch: epochs.get(id) ?? 0 })),
      files: own
        .filter(({ sliceNo }) => sliceNo === WHOLE_FILE)
        .map(({ fileId, epoch }) => ({ fileId, leaseEpoch: epoch })),
    };
    await giveBack(ports, sessionId, leases, times);
  }
}

const JOB_CHARS = 16;
const LINES_MAX = 1000;

function told(reports: readonly JobReport[], next: string | null): RecountReport {
  const lines = (pick: (report: JobReport) => readonly string[]) =>
    reports
      .flatMap((report) =>
        pick(report).map((line) => `job ${report.jobId.slice(0, JOB_CHARS)}: ${line}`),
      )
      .slice(0, LINES_MAX);
  return {
    jobs: reports.length,
    repaired: lines(({ repaired }) => repaired),
    problems: lines(({ problems }) => problems),
    next,
  };
}
