// SPDX-License-Identifier: Apache-2.0

/** What failures do to hosts and to the tasks that failed there: the part of the model that knows hosts. */

export const ATTEMPTS_MAX = 2;
export const FAILED_HOSTS_MAX = 3;
export const POLL_MS = 2000;
const REFUSED_MS = 600_000;
const PROBE_MS = 60_000;
const FAILING_TASKS = 10;

export interface Holder {
  readonly host: string;
  readonly role: 'send' | 'recv' | 'both';
  readonly domain: string;
}

interface Session extends Holder {
  /** Of its last take: then the coordinator knows which zones it reaches. */
  zones: readonly string[];
  readonly failing: Set<string>;
  probeAt: number;
}

interface Failed {
  attempts: number;
  until: number;
}

/** Of a task. */
export type Failures = Map<string, Failed>;

/** Of a file: hosts that don't reach it, each until when. */
export type Refused = Map<string, number>;

/** A task, or a file to place, for which another host is sought. */
export interface Sought {
  readonly failures: Failures;
  readonly refused: Refused;
  readonly sending: boolean;
  readonly zone: string;
  readonly domain: string;
}

export class Hosts {
  private readonly sessions = new Map<string, Session>();

  open(session: string, holder: Holder): void {
    this.sessions.set(session, { ...holder, zones: [], failing: new Set(), probeAt: 0 });
  }

  session(id: string): Session {
    const found = this.sessions.get(id);
    if (found === undefined) throw new Error(`no session ${id}`);
    return found;
  }

  /** Whether everything failed on it, so that it gets nothing before its next probe. */
  rests(id: string, now: number): boolean {
    const { failing, probeAt } = this.session(id);
    return failing.size >= FAILING_TASKS && now < probeAt;
  }

  /** Throws where it was not allowed so many tasks. */
  take(id: string, tasks: number, now: number): void {
    const session = this.session(id);
    if (session.failing.size < FAILING_TASKS || tasks === 0) return;
    if (tasks > 1 || now < session.probeAt) throw new Error(`${id} fails at everything`);
    session.probeAt = now + PROBE_MS;
  }

  /** Not where its host doesn't reach the file, or leaves the task to other hosts. */
  mayTake(id: string, task: { failures: Failures; refused: Refused }, now: number): boolean {
    const { host } = this.session(id);
    return this.reaches(id, task.refused, now) && (task.failures.get(host)?.until ?? 0) <= now;
  }

  reaches(id: string, refused: Refused, now: number): boolean {
    return (refused.get(this.session(id).host) ?? 0) <= now;
  }

  succeeded(id: string): void {
    this.session(id).failing.clear();
  }

  refuse(id: string, refused: Refused, now: number): void {
    refused.set(this.session(id).host, now + REFUSED_MS);
  }

  failed(
    id: string,
    task: string,
    failures: Failures,
    times: { now: number; until: number },
  ): void {
    const session = this.session(id);
    this.count(id, failures, times.until);
    if (session.failing.size < FAILING_TASKS) session.failing.add(task);
    session.probeAt = times.now + PROBE_MS;
  }

  /** One failure more on its host, which then leaves the task or file to others as all the hosts do that failed before. */
  count(id: string, failures: Failures, until: number): void {
    const { host } = this.session(id);
    failures.set(host, { attempts: (failures.get(host)?.attempts ?? 0) + 1, until: 0 });
    for (const each of failures.values()) each.until = until;
  }

  /** Whether one of these live sessions' hosts reaches the task and has not failed at it. */
  othersLeft(live: readonly string[], task: Sought, now: number): boolean {
    return live.some((id) => {
      const { host, role, zones, domain, failing } = this.session(id);
      const fits = task.sending
        ? role !== 'recv' && zones.includes(task.zone)
        : role !== 'send' && domain === task.domain;
      return (
        fits &&
        failing.size < FAILING_TASKS &&
        !task.failures.has(host) &&
        this.reaches(id, task.refused, now)
      );
    });
  }
}
