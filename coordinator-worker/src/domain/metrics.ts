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
  return [
    ...workGauges(status),
    ...jobGauges(status),
    ...agentGauges(status),
    ...recountGauges(recounts),
  ].join('');
}

function workGauges({ tasks, files }: Status): string[] {
  return [
    gauge('tasks', 'Slices by state.', byState(TASK_STATES, tasks, 'count')),
    gauge('task_bytes', 'Bytes of slices by state.', byState(TASK_STATES, tasks, 'bytes')),
    gauge('files', 'Files by state.', byState(FILE_STATES, files, 'count')),
    gauge('file_bytes', 'Bytes of files by state.', byState(FILE_STATES, files, 'bytes')),
  ];
}

function jobGauges(status: Status): string[] {
  const jobs = status.jobs.filter(({ state }) => state !== 'done');
  const perJob = (value: (job: Status['jobs'][number]) => number): Sample[] =>
    jobs.map((job) => ({
      labels: { job: job.job_id.slice(0, JOB_LABEL_CHARS) },
      value: value(job),
    }));
  const [limit, used] = [perJob((job) => job.window_bytes), perJob((job) => job.window_used_bytes)];
  const paused = perJob((job) => (job.control === 'paused' ? 1 : 0));
  return [
    gauge('window_bytes', 'Limit of the bytes in the object store, of jobs at work.', limit),
    gauge('window_used_bytes', 'Bytes reserved or lying in the object store.', used),
    gauge('job_paused', '1 while an operator pauses the job.', paused),
  ];
}

function agentGauges(status: Status): string[] {
  const { uploaded_bytes_per_second: up, downloaded_bytes_per_second: down } = status;
  const eta = status.eta_seconds === null ? [] : one(status.eta_seconds);
  return [
    gauge('agents', 'Agents by role and state.', agentCounts(status)),
    gauge('agents_failing', 'Live agents whose last tasks all failed.', one(failingCount(status))),
    gauge('upload_bytes_per_second', 'Sum over live senders.', one(up)),
    gauge('download_bytes_per_second', 'Sum over live receivers.', one(down)),
    gauge('eta_seconds', 'Seconds to the end at this rate; absent while unknown.', eta),
  ];
}

function recountGauges({ repaired, problems }: RecountReport): string[] {
  return [
    gauge(
      'recount_repaired',
      'What the last recounts of the newest jobs repaired.',
      one(repaired.length),
    ),
    gauge(
      'recount_problems',
      'Contradictions that they reported; for people to look at.',
      one(problems.length),
    ),
  ];
}

const one = (value: number): Sample[] => [{ labels: {}, value }];

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
