// SPDX-License-Identifier: Apache-2.0

/** What failures do to hosts and to the tasks that failed there: the part of the model that knows hosts. */

export const ATTEMPTS_MAX = 2;
export const FAILED_HOSTS_MAX = 3;
export const POLL_MS = 2000;
const REFUSED_MS = 600_000;
const PROBE_MS = 60_000;
const FAILING_TASKS = 10;

interface Session {
  readonly host: string;
  /** Whether it has ever asked for something to send: then the coordinator knows its zone. */
  sends: boolean;
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

export class Hosts {
  private readonly sessions = new Map<string, Session>();

  open(session: string, host: string): void {
    this.sessions.set(session, { host, sends: false, failing: new Set(), probeAt: 0 });
  }

  private session(id: string): Session {
    const found = this.sessions.get(id);
    if (found === undefined) throw new Error(`no session ${id}`);
    return found;
  }

  /** Throws where it was not allowed so many tasks. */
  take(id: string, direction: 'send' | 'recv', tasks: number, now: number): void {
    const session = this.session(id);
    if (direction === 'send') session.sends = true;
    if (session.failing.size < FAILING_TASKS || tasks === 0) return;
    if (tasks > 1 || now < session.probeAt) throw new Error(`${id} fails at everything`);
    session.probeAt = now + PROBE_MS;
  }

  /** Throws where the task is left to other hosts. */
  mayTake(id: string, failures: Failures, now: number): void {
    const { host } = this.session(id);
    if ((failures.get(host)?.until ?? 0) > now) throw new Error(`${host} failed a moment ago`);
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
    const attempts = failures.get(session.host)?.attempts ?? 0;
    failures.set(session.host, { attempts: attempts + 1, until: 0 });
    for (const each of failures.values()) each.until = times.until;
    if (session.failing.size < FAILING_TASKS) session.failing.add(task);
    session.probeAt = times.now + PROBE_MS;
  }

  /** Whether one of these live sessions' hosts reaches the task and has not failed at it. */
  othersLeft(
    live: readonly string[],
    task: { failures: Failures; refused: Refused; sending: boolean },
    now: number,
  ): boolean {
    return live.some((id) => {
      const { host, sends, failing } = this.session(id);
      return (
        (sends || !task.sending) &&
        failing.size < FAILING_TASKS &&
        !task.failures.has(host) &&
        (task.refused.get(host) ?? 0) <= now
      );
    });
  }
}
