// SPDX-License-Identifier: Apache-2.0
import type { Lease, Wait } from '../generated/messages';
import type { RecvTake, SendTake, Steal, TakeKey, Takes, TaskTake } from '../domain/ports/takes';
import { TAKE_MEMORY_MS } from '../domain/settings';
import { receiverValues } from './conditions';
import { LEASES, toLease, type LeaseRow } from './leases';
import { heldAgain, runTake, wasTaken, type TakeSql } from './picks';
import { TAKE_RECV, WHY_NO_RECV } from './recv-takes';
import { TAKE_SEND, WHY_NO_SEND } from './send-takes';
import { rows, type Values } from './statement';
import { AVERAGE_RATE, STEAL } from './steals';

const FREE_UNKNOWN = Number.MAX_SAFE_INTEGER;

const takeValues = (take: TaskTake) => ({
  now: take.now,
  host: take.session.host,
  agent: take.session.name,
  maxTasks: take.maxTasks,
  maxBytes: take.maxBytes,
  forgetBefore: take.now - TAKE_MEMORY_MS,
});

/** To ask why there was nothing, one candidate is enough. */
const whyValues = ({ now, session }: TaskTake) => ({ now, host: session.host, maxTasks: 1 });

const zonesOf = ({ zones }: SendTake) => ({ zones: JSON.stringify(zones) });

export class D1Takes implements Takes {
  constructor(private readonly db: D1Database) {}

  wasTaken(take: TakeKey): Promise<boolean> {
    return wasTaken(this.db, take);
  }

  async again(take: TakeKey): Promise<Lease[]> {
    return (await heldAgain<LeaseRow>(this.db, LEASES, take)).map(toLease);
  }

  send(take: SendTake): Promise<Lease[]> {
    const probe = take.probe ? 1 : 0;
    return this.take(TAKE_SEND, take, { ...takeValues(take), ...zonesOf(take), probe });
  }

  async whyNoSend(take: SendTake): Promise<Wait['reason']> {
    const [found] = await rows<Record<'idle' | 'paused' | 'blocked' | 'backing_off', number>>(
      this.db,
      WHY_NO_SEND,
      { ...whyValues(take), ...zonesOf(take) },
    );
    if (found === undefined) return 'no_work';
    if (found.idle === 1) return found.paused === 1 ? 'paused' : 'no_work';
    if (found.blocked === 1) return 'window_full';
    return found.backing_off === 1 ? 'no_work' : 'not_reachable';
  }

  steal(take: Steal): Promise<Lease[]> {
    const { leastAgeMs, averageBytesPerMs, factor } = take;
    const slow = { leastAge: leastAgeMs, averageBytesPerMs, factor };
    return this.take(STEAL, take, { ...takeValues(take), ...zonesOf(take), ...slow });
  }

  async averageSendRate(now: number): Promise<number | null> {
    const [found] = await rows<{ rate: number | null }>(this.db, AVERAGE_RATE, { now });
    return found?.rate ?? null;
  }

  recv(take: RecvTake): Promise<Lease[]> {
    const freeBytes = take.freeBytes ?? FREE_UNKNOWN;
    const values = { ...takeValues(take), ...receiverValues(take.session), freeBytes };
    return this.take(TAKE_RECV, take, values);
  }

  async whyNoRecv(take: RecvTake): Promise<Wait['reason']> {
    const [found] = await rows<Record<'too_large' | 'paused' | 'others', number>>(
      this.db,
      WHY_NO_RECV,
      { ...whyValues(take), ...receiverValues(take.session) },
    );
    if (found?.too_large === 1) return 'no_space';
    if (found?.paused === 1) return 'paused';
    return found?.others === 1 ? 'other_destination' : 'no_work';
  }

  private async take(sql: TakeSql, take: TakeKey, values: Values): Promise<Lease[]> {
    return (await runTake<LeaseRow>(this.db, sql, take, values)).map(toLease);
  }
}
