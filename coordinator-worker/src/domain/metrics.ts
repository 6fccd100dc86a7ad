// SPDX-License-Identifier: Apache-2.0
import type { RecountReport, Status } from '../generated/messages';
import { isFailing } from './failures';
import { FILE_STATES, TASK_STATES } from './model';

/** The status in Prometheus' text format. No task, path, key or agent name is a label. */

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const JOB_LABEL_CHARS = 16;

export function metricsText(status: Status, recounts: RecountReport): string {
  const jobs = status.jobs.filter(({ state }) => state !== 'done');
  const perJob = (value: (job: Status['jobs'][number]) => number): Sample[] =>
    jobs.map((job) => ({
      labels: { job: job.job_id.slice(0, JOB_LABEL_CHARS) },
      value: value(job),
    }));
  return [
    gauge('tasks', 'Slices by state.', byState(TASK_STATES, status.tasks, 'count')),
    gauge('task_bytes', 'Bytes of slices by state.', byState(TASK_STATES, status.tasks, 'bytes')),
    gauge('files', 'Files by state.', byState(FILE_STATES, status.files, 'count')),
    gauge('file_bytes', 'Bytes of files by state.', byState(FILE_STATES, status.files, 'bytes')),
    gauge(
      'window_bytes',
      'Limit of the bytes in the object store, of jobs at work.',
      perJob((job) => job.window_bytes),
    ),
    gauge(
      'window_used_bytes',
      'Bytes reserved or lying in the object store.',
      perJob((job) => job.window_used_bytes),
    ),
    gauge(
      'job_paused',
      '1 while an operator pauses the job.',
      perJob((job) => (job.control === 'paused' ? 1 : 0)),
    ),
    gauge('agents', 'Agents by role and state.', agentCounts(status)),
    gauge('agents_failing', 'Live agents whose last tasks all failed.', [
      { labels: {}, value: failingCount(status) },
    ]),
    gauge('upload_bytes_per_second', 'Sum over live senders.', [
      { labels: {}, value: status.uploaded_bytes_per_second },
    ]),
    gauge('download_bytes_per_second', 'Sum over live receivers.', [
      { labels: {}, value: status.downloaded_bytes_per_second },
    ]),
    gauge(
      'eta_seconds',
      'Seconds to the end at this rate; absent while unknown.',
      status.eta_seconds === null ? [] : [{ labels: {}, value: status.eta_seconds }],
    ),
    gauge('recount_repaired', 'What the last recounts of the newest jobs repaired.', [
      { labels: {}, value: recounts.repaired.length },
    ]),
    gauge('recount_problems', 'Contradictions that they reported; for people to look at.', [
      { labels: {}, value: recounts.problems.length },
    ]),
  ].join('');
}

function byState<State extends string>(
  states: readonly State[],
  tallies: Record<State, { count: number; bytes: number }>,
  part: 'count' | 'bytes',
): Sample[] {
  return states.map((state) => ({ labels: { state }, value: tallies[state][part] }));
}

function agentCounts(status: Status): Sample[] {
  return (['send', 'recv', 'both'] as const).flatMap((role) =>
    (['live', 'expired'] as const).map((state) => ({
      labels: { role, state },
      value: status.agents.filter((agent) => agent.role === role && agent.state === state).length,
    })),
  );
}

const failingCount = ({ agents }: Status): number =>
  agents.filter(({ failing_tasks }) => isFailing({ failingTasks: failing_tasks })).length;

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
    return `syncmate_${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP syncmate_${name} ${help}\n# TYPE syncmate_${name} gauge\n${lines.join('')}`;
}
