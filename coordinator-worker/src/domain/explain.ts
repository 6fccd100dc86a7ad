// SPDX-License-Identifier: Apache-2.0
import type { TaskExplanation } from '../generated/messages';
import { serves } from './destinations';
import { isFailing, PROBE_INTERVAL_MS } from './failures';
import type { HoldingGroup, SessionRow, TaskFacts, TaskRef } from './model';
import { taskId } from './names';
import type { Needs } from './ports/ports';
import { RefusedError } from './refusal';

/** Why a task is not further: the conditions of a take, looked at one by one, for one task. */

export async function explainTask(
  { reports, sessions }: Needs<'reports' | 'sessions'>,
  ref: TaskRef,
  now: number,
): Promise<TaskExplanation> {
  const facts = await reports.taskFacts(ref);
  if (facts === null) throw new RefusedError({ reason: 'task_unknown', taskId: taskId(ref) });
  return { task: facts.task, ...explain(facts, await sessions.live(now), now) };
}

type Why = Omit<TaskExplanation, 'task'>;

const why = (
  reason: TaskExplanation['reason'],
  detail: string,
  expectedAtMs: number | null = null,
): Why => ({ reason, detail: detail.slice(0, DETAIL_CHARS_MAX), expected_at_ms: expectedAtMs });

const DETAIL_CHARS_MAX = 2000;

export function explain(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  switch (facts.task.state) {
    case 'downloaded':
      return whyDownloaded(facts, agents, now);
    case 'failed':
      return why('failed', `${errorOf(facts)}. POST /v1/tasks/retry gives it another chance.`);
    case 'uploading':
    case 'downloading':
      return whyLeased(facts, agents, now);
    case 'pending':
      return held(facts, now) ?? whyNotSent(facts, agents, now);
    case 'uploaded':
      return held(facts, now) ?? whyNotReceived(facts, agents, now);
  }
}

const errorOf = ({ task, fileError }: TaskFacts): string =>
  task.last_error ?? fileError ?? 'failed with its file';

/** A slice that arrived may have had failures of its own before. */
const errorOfFile = ({ task, fileError }: TaskFacts): string =>
  fileError ?? task.last_error ?? 'unknown';

function whyDownloaded(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  switch (facts.fileState) {
    case 'done':
      return why('finished', 'The slice is moved and its file is placed.');
    case 'failed':
      return why('failed', `The slice is moved, but its file failed: ${errorOfFile(facts)}.`);
    case 'placing':
      if (facts.unproved) return whyUnproved(facts);
      if (facts.heldBy !== null) return whyHeld(facts.heldBy, facts.domain);
      return whyNotPlaced(facts, agents, now);
    case 'transferring':
    case 'unresolved':
      return why('placing', 'The slice is moved; its file waits for its other slices.');
  }
}

function whyUnproved({ zone, domain }: TaskFacts): Why {
  return why(
    'placing',
    `All slices are in domain ${domain}. The source changed while it was sent, or just before: a send agent that reaches zone ${zone} reads the slices once more before the file is placed.`,
  );
}

function whyNotPlaced(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  const { domain, fileError, fileFailures } = facts;
  const failed = Object.values(fileFailures).reduce((sum, { attempts }) => sum + attempts, 0);
  if (failed === 0) {
    return why('placing', `All slices are in domain ${domain}; its agents place the file.`);
  }
  const placing = agents.filter((agent) => agent.role !== 'send' && agent.domain === domain);
  const until = Math.min(...placing.map(({ host }) => fileFailures[host]?.until ?? 0));
  const text = `Placing failed ${failed} times in domain ${domain}, last: ${fileError ?? 'unknown'}.`;
  if (placing.length === 0 || until <= now) return why('placing', text);
  const seconds = Math.ceil((until - now) / 1000);
  return why('backing_off', `${text} Offered again in ${seconds} s.`, until);
}

function whyHeld({ group, sealed, files, first }: HoldingGroup, domain: string): Why {
  const staged = `All slices are in domain ${domain}.`;
  if (!sealed) {
    return why('held', `${staged} Publish group ${group} waits for the seal of its job.`);
  }
  const which = first === null ? '' : `; the first is ${first.path}, ${first.state}`;
  return why('held', `${staged} Publish group ${group} waits for ${files} more${which}.`);
}

function whyLeased(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  const { task, leaseSession } = facts;
  const name = (task.state === 'uploading' ? task.sender : task.receiver) ?? 'an agent';
  const holder = agents.find(({ sessionId }) => sessionId === leaseSession);
  if (holder === undefined) {
    return why(
      'leased',
      `Leased at epoch ${task.lease_epoch} to ${name}, whose session has ended; the next agent that asks gets it.`,
      now,
    );
  }
  const seconds = Math.ceil((holder.expiresAt - now) / 1000);
  return why(
    'leased',
    `Leased at epoch ${task.lease_epoch} to ${name} for ${seconds} s, and longer if it renews.`,
    holder.expiresAt,
  );
}

/** What holds a waiting task back, whoever asks. */
function held(facts: TaskFacts, now: number): Why | null {
  const { control, notBefore, task } = facts;
  if (control === 'cancelled') {
    return why('job_cancelled', 'The job is being cancelled; repeat the call until it is done.');
  }
  if (control === 'paused') {
    return why('job_paused', `The job is paused. POST /v1/jobs/${task.job_id}/resume goes on.`);
  }
  return backingOff(facts, notBefore, now);
}

function backingOff({ task }: TaskFacts, until: number, now: number): Why | null {
  if (until <= now) return null;
  const seconds = Math.ceil((until - now) / 1000);
  return why(
    'backing_off',
    `Failed ${task.attempts} times, last: ${task.last_error ?? 'unknown'}. Offered again in ${seconds} s.`,
    until,
  );
}

function whyNotSent(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  const senders = agents.filter(({ role }) => role !== 'recv');
  if (senders.length === 0) return why('no_agent', 'No send agent is live. Start one.');
  const reaching = senders.filter(
    (agent) => reachesZone(agent, facts.zone) && !isRefused(facts, agent, now),
  );
  if (reaching.length === 0) {
    return why(
      'not_reachable',
      `None of ${senders.length} live send agents reaches zone ${facts.zone}${refusedText(facts, now)}. Start one on a host that does, or map the path in its config.`,
    );
  }
  return (
    idle(facts, reaching, now) ??
    whyNoRoom(facts) ??
    why('queued', `The next of ${reaching.length} send agents that asks may get it.`)
  );
}

function whyNoRoom({ windowBytes, windowUsedBytes, claim, task }: TaskFacts): Why | null {
  const room = windowBytes - windowUsedBytes;
  if (room >= task.length_bytes) return null;
  const full = `The window has ${room} of ${windowBytes} bytes free (needed: ${task.length_bytes}).`;
  if (claim === null) return why('no_destination', `${full} ${UNDECIDED}`);
  return why('window_full', `${full} Receivers make room by receiving and deleting.`);
}

const UNDECIDED =
  'Nobody has said yet which destination the job is for. Run recv with its two profiles there.';

function whyNotReceived(facts: TaskFacts, agents: readonly SessionRow[], now: number): Why {
  const { claim } = facts;
  if (claim === null) return why('no_destination', UNDECIDED);
  const receivers = agents.filter((agent) => agent.role !== 'send' && serves(agent, claim));
  if (receivers.length === 0) {
    return why(
      'no_agent',
      `No recv agent of destination ${claim.destination} is live that has the folder of the job. Start one.`,
    );
  }
  const tied = receivers.filter(({ domain }) => facts.domain === '' || domain === facts.domain);
  if (tied.length === 0) {
    return why(
      'other_domain',
      `Its file is staged in domain ${facts.domain}, which has no live recv agent. Start one there, or wait until the file starts again elsewhere.`,
    );
  }
  const reaching = tied.filter((agent) => !isRefused(facts, agent, now));
  if (reaching.length === 0) {
    return why('not_reachable', `No live recv agent can take it${refusedText(facts, now)}.`);
  }
  const full = facts.domain === '' && reaching.every(({ shortOfSpace }) => shortOfSpace);
  return (
    idle(facts, reaching, now) ??
    (full
      ? why('no_space', 'No live recv agent has room for the whole file in its staging. Make room.')
      : why('queued', `The next of ${reaching.length} recv agents that asks may get it.`))
  );
}

/** What keeps each of those from it that could take it. */
function idle(facts: TaskFacts, reaching: readonly SessionRow[], now: number): Why | null {
  return (
    paused(reaching) ??
    failing(reaching.filter(({ directive }) => directive === 'work')) ??
    leftToOthers(facts, reaching, now)
  );
}

function failing(working: readonly SessionRow[]): Why | null {
  if (!working.every(isFailing)) return null;
  const names = working.map(({ name }) => name).join(', ');
  return why(
    'agents_failing',
    `All agents that could take it failed at everything lately: ${names}. Each gets one task in ${PROBE_INTERVAL_MS / 1000} s until one succeeds; their logs say why.`,
  );
}

/** Where it failed on all of them, who failed first tries first. */
function leftToOthers(facts: TaskFacts, reaching: readonly SessionRow[], now: number): Why | null {
  const untils = reaching.map(({ host }) => facts.failures[host]?.until ?? 0);
  return backingOff(facts, Math.min(...untils), now);
}

function paused(reaching: readonly SessionRow[]): Why | null {
  if (reaching.some(({ directive }) => directive === 'work')) return null;
  const names = reaching.map(({ name, directive }) => `${name} (${directive})`).join(', ');
  return why(
    'agents_paused',
    `All agents that could are told not to: ${names}. POST /v1/agents/directive changes it.`,
  );
}

const reachesZone = ({ zones, dearZones }: SessionRow, zone: string): boolean =>
  zones.includes(zone) || dearZones.includes(zone);

const isRefused = (facts: TaskFacts, agent: SessionRow, now: number): boolean =>
  (facts.refused[agent.host] ?? 0) > now;

function refusedText({ refused }: TaskFacts, now: number): string {
  const hosts = Object.keys(refused).filter((host) => (refused[host] ?? 0) > now);
  return hosts.length === 0 ? '' : `; unreachable from ${hosts.join(', ')}`;
}
