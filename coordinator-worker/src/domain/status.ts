// SPDX-License-Identifier: Apache-2.0
import type { AgentStatus, JobStatus, Status, Tally } from '../generated/messages';
import { FILE_STATES, TASK_STATES, type AgentRow } from './model';
import { JOB_CHARS_IN_KEY } from './names';
import type { Needs } from './ports/ports';
import { EXPIRED_SHOWN_MS } from './settings';

/** How far everything is: from the jobs' totals and the sessions' last heartbeats. */

type Tallies<State extends string> = Record<State, Tally>;

/** The newest; others are over for long. */
const JOBS_MAX = 20;

export async function readStatus({ reports }: Needs<'reports'>, now: number): Promise<Status> {
  const jobs = await reports.jobs({ after: null, limit: JOBS_MAX });
  const rows = await reports.newestAgents(now - EXPIRED_SHOWN_MS);
  const agents = rows.map((row) => agentStatus(row, now));
  const live = agents.filter(({ state }) => state === 'live');
  const uploadRate = rate(live, 'send');
  const downloadRate = rate(live, 'recv');
  return {
    jobs: [...jobs],
    tasks: sumTallies(
      TASK_STATES,
      jobs.map((job) => job.tasks),
    ),
    files: sumTallies(
      FILE_STATES,
      jobs.map((job) => job.files),
    ),
    uploaded_bytes_per_second: uploadRate,
    downloaded_bytes_per_second: downloadRate,
    eta_seconds: etaSeconds(jobs, { uploadRate, downloadRate }),
    agents,
  };
}

export function agentStatus(row: AgentRow, now: number): AgentStatus {
  const live = row.open && row.expiresAt > now;
  return {
    session_id: row.sessionId,
    name: row.name,
    host: row.host,
    role: row.role,
    domain: row.domain,
    destination: row.destination,
    state: live ? 'live' : 'expired',
    leases: live ? row.leases : 0,
    transferred_bytes: row.transferredBytes,
    bytes_per_second: live ? row.bytesPerSecond : 0,
    last_seen_ms: Math.max(now - row.lastSeenAt, 0),
    agent_version: row.agentVersion,
    directive: row.directive,
    failing_tasks: live ? row.failingTasks : 0,
  };
}

function rate(live: readonly AgentStatus[], role: 'send' | 'recv'): number {
  return live
    .filter((agent) => agent.role === role || agent.role === 'both')
    .reduce((sum, agent) => sum + agent.bytes_per_second, 0);
}

function sumTallies<State extends string>(
  states: readonly State[],
  all: readonly Tallies<State>[],
): Tallies<State> {
  const entries = states.map((state) => [
    state,
    {
      count: all.reduce((sum, tallies) => sum + tallies[state].count, 0),
      bytes: all.reduce((sum, tallies) => sum + tallies[state].bytes, 0),
    },
  ]);
  return Object.fromEntries(entries) as Tallies<State>;
}

/**
 * The slower of the two directions decides. Null where bytes are left and nobody moves them: then
 * nothing is known, not "never".
 */
export function etaSeconds(
  jobs: readonly JobStatus[],
  { uploadRate, downloadRate }: { uploadRate: number; downloadRate: number },
): number | null {
  const live = jobs.filter(({ state }) => state !== 'done');
  const left = (pick: (job: JobStatus) => number) => live.reduce((sum, job) => sum + pick(job), 0);
  const toUpload = left(
    ({ tasks, files }) => tasks.pending.bytes + tasks.uploading.bytes + files.unresolved.bytes,
  );
  const toDownload = toUpload + left(({ tasks }) => tasks.uploaded.bytes + tasks.downloading.bytes);
  if (toDownload === 0) return 0;
  if (downloadRate === 0 || (toUpload > 0 && uploadRate === 0)) return null;
  const uploadSeconds = toUpload === 0 ? 0 : toUpload / uploadRate;
  return Math.ceil(Math.max(uploadSeconds, toDownload / downloadRate));
}

const TITLES = {
  pending: 'Pending',
  uploading: 'Uploading',
  uploaded: 'Uploaded',
  downloading: 'Downloading',
  downloaded: 'Downloaded',
  failed: 'Failed',
} as const satisfies Record<(typeof TASK_STATES)[number], string>;

/** The seed's table. */
export function statusText(status: Status): string {
  const rows = TASK_STATES.map((state) => {
    const { count, bytes } = status.tasks[state];
    return [TITLES[state], String(count), sizeText(bytes)] as const;
  });
  const all = [['Status', 'Count', 'Total Size'] as const, ...rows];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  const table = all
    .map(([title, count, size]) =>
      [
        title.padEnd(widths[0] ?? 0),
        count.padStart(widths[1] ?? 0),
        size.padStart(widths[2] ?? 0),
      ].join('  '),
    )
    .map((line) => `${line}\n`)
    .join('');
  return table + status.jobs.filter(isUndecided).map(undecidedText).join('');
}

const isUndecided = ({ state, destination }: JobStatus): boolean =>
  state !== 'done' && destination === null;

const undecidedText = ({ job_id: id }: JobStatus): string =>
  `Job ${id.slice(0, JOB_CHARS_IN_KEY)}: no destination yet; waits for recv with its two profiles there\n`;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

export function sizeText(bytes: number): string {
  const power = UNITS.findLastIndex((_, index) => index === 0 || bytes >= 1024 ** index);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? String(bytes) : value.toFixed(2)} ${UNITS[power] ?? 'B'}`;
}
