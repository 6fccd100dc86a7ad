// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import type { Lease, PlacingFile, PlannedFile, ResolvingFile } from '../../src/generated/messages';
import { clear } from '../testing/dump';
import { Random } from '../testing/random';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, type Agent, type Answer } from '../testing/world';

/**
 * Agents that behave as badly as agents can: they die, come back with stale leases, fail, repeat, and
 * lose answers. Whatever they do: totals equal a recount, no window is passed, no epoch of a task is
 * handed out twice, nothing stale is accepted; and once all behave, every job ends.
 */

const OPERATIONS = 1500;
const RECENT = 5;
const WINDOWS = [700, 1500];
const ZONES = ['/z0', '/z1', '/z2'];
const DOMAINS = ['d0', 'd1'];

beforeEach(clear);

class Held {
  readonly leases: Lease[] = [];
  readonly resolving: ResolvingFile[] = [];
  readonly placing: PlacingFile[] = [];
}

class Chaos {
  readonly world = new World({
    ATTEMPTS_MAX: '4',
    DOMAIN_TIMEOUT_MS: '400000',
    STEAL_FACTOR: '1',
    STEAL_MIN_MS: '1000',
  });
  readonly agents: { agent: Agent; held: Held }[] = [];
  readonly handedOut = new Set<string>();
  private readonly jobs: string[] = [];

  constructor(readonly random: Random) {}

  async plan(): Promise<void> {
    for (const windowBytes of WINDOWS) {
      const files = Array.from({ length: 12 }, (_, i) => this.file(`${windowBytes}-${i}`));
      const job = await this.world.submit({ windowBytes, sliceSizeBytes: 100 }, files);
      this.jobs.push(job.job_id);
    }
  }

  private file(name: string): PlannedFile {
    const { random } = this;
    const zone = random.pick(ZONES);
    const size = random.below(900);
    const mode = random.pick(['full', 'append', 'unresolved'] as const);
    return planned(name, {
      zone,
      size_bytes: size,
      mode,
      target_size_bytes: mode === 'full' ? null : random.below(size + 1),
    });
  }

  async join(): Promise<void> {
    const role = this.random.pick(['send', 'recv', 'both'] as const);
    const agent = await this.world.agent(role, {
      domain: this.random.pick(DOMAINS),
      host: `h${this.random.below(3)}`,
    });
    this.agents.push({ agent, held: new Held() });
  }

  async step(): Promise<void> {
    const { random, world } = this;
    world.now += random.below(1500);
    if (random.chance(0.002)) world.now += 200_000;
    if (this.agents.length < RECENT || random.chance(0.015)) return this.join();
    // Mostly those who came last; the others fall silent, and come back with stale leases.
    const recent = this.agents.slice(-RECENT);
    const beating = random.pick(recent);
    if (random.chance(0.25)) await this.beat(beating.agent, beating.held);
    const { agent, held } = random.pick(random.chance(0.9) ? recent : this.agents);
    const actions: (() => Promise<unknown>)[] = [
      () => this.take(agent, held),
      () => this.take(agent, held),
      () => this.complete(agent, held),
      () => this.complete(agent, held),
      () => this.giveUp(agent, held),
      () => this.resolve(agent, held),
      () => this.place(agent, held),
      () => this.clean(agent),
      () => this.clean(agent),
      () => this.beat(agent, held),
      () => (random.chance(0.05) ? this.leave(agent) : Promise.resolve()),
    ];
    await random.pick(actions)();
  }

  private async take(agent: Agent, held: Held): Promise<void> {
    const { random } = this;
    const { role } = agent.options;
    const direction = role === 'both' ? random.pick(['send', 'recv'] as const) : role;
    const request = agent.request(direction, {
      max_tasks: 1 + random.below(8),
      max_bytes: 1 + random.below(600),
      zones: direction === 'send' ? random.some(ZONES) : [],
      free_bytes: direction === 'send' || random.chance(0.5) ? null : random.below(2000),
    });
    const first = await this.leases(request);
    if (first === null) return;
    if (random.chance(0.1)) expect(await this.leases(request)).toEqual(first);
    for (const lease of first) {
      const key = `${lease.task_id} ${lease.lease_epoch}`;
      expect(this.handedOut.has(key), `${key} handed out twice`).toBe(false);
      this.handedOut.add(key);
    }
    // The answer may get lost on its way.
    if (random.chance(0.95)) held.leases.push(...first);
  }

  private async leases(body: unknown): Promise<Lease[] | null> {
    const answer = await this.world.attempt('POST', '/v1/leases', { body });
    if (answer.status === 409) return null;
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return (answer as Answer<{ leases: Lease[] }>).body.leases;
  }

  private async complete(agent: Agent, held: Held): Promise<void> {
    const leases = this.random.some(held.leases);
    if (leases.length === 0) return;
    const first = outcomes(await agent.complete(leases));
    for (const outcome of first) expect(['ok', 'lease_stale']).toContain(outcome);
    if (this.random.chance(0.2)) {
      expect(outcomes(await agent.complete(leases))).toEqual(first);
    }
    if (this.random.chance(0.9)) this.drop(held, leases);
  }

  private async giveUp(agent: Agent, held: Held): Promise<void> {
    const leases = this.random.some(held.leases).slice(0, 2);
    if (leases.length === 0) return;
    if (this.random.chance(0.4)) {
      await agent.release(leases);
    } else {
      const common = ['retry', 'unreachable', 'object_bad'] as const;
      await agent.fail(leases, this.random.chance(0.04) ? 'permanent' : this.random.pick(common));
    }
    if (this.random.chance(0.7)) this.drop(held, leases);
  }

  private drop(held: Held, leases: readonly Lease[]): void {
    for (const lease of leases) {
      const at = held.leases.indexOf(lease);
      if (at >= 0) held.leases.splice(at, 1);
    }
  }

  private async resolve(agent: Agent, held: Held): Promise<void> {
    if (agent.options.role === 'recv') return;
    await agent
      .takeResolving(undefined, this.random.some(ZONES))
      .then((files) => held.resolving.push(...files.slice(0, 3)))
      .catch(ignoreSessionUnknown);
    if (held.resolving.length === 0) return;
    const verdict = this.random.chance(0.04)
      ? 'failed'
      : this.random.pick(['append', 'append', 'full', 'unreachable'] as const);
    await agent.resolved(held.resolving, verdict);
    if (this.random.chance(0.9)) held.resolving.length = 0;
  }

  private async place(agent: Agent, held: Held): Promise<void> {
    if (agent.options.role === 'send') return;
    await agent
      .takePlacing()
      .then((files) => held.placing.push(...files))
      .catch(ignoreSessionUnknown);
    if (held.placing.length === 0) return;
    const outcome = this.random.pick(['placed', 'placed', 'placed', 'release', 'restart'] as const);
    await agent.placed(held.placing.slice(0, 10), outcome);
    if (this.random.chance(0.8)) held.placing.length = 0;
  }

  private async clean(agent: Agent): Promise<void> {
    if (agent.options.role === 'send') return;
    const keys = await agent.takeGarbage(1 + this.random.below(10)).catch(ignoreSessionUnknown);
    if (keys === undefined || keys.length === 0) return;
    if (this.random.chance(0.8)) await agent.deleted(this.random.some(keys).concat(keys[0] ?? []));
  }

  private async beat(agent: Agent, held: Held): Promise<void> {
    const reply = await agent.heartbeat(held.leases).catch(ignoreSessionUnknown);
    if (reply === undefined || this.random.chance(0.3)) return;
    const lost = new Set(reply.lost);
    this.drop(
      held,
      held.leases.filter((lease) => lost.has(lease.task_id)),
    );
  }

  private async leave(agent: Agent): Promise<void> {
    await agent.end();
  }

  async check(): Promise<void> {
    expect(await driftOfTotals()).toEqual([]);
    const { results } = await env.DB.prepare(
      'SELECT count(*) AS n FROM jobs WHERE window_used_bytes > window_bytes',
    ).all();
    expect(results).toEqual([{ n: 0 }]);
  }

  /** From now on two honest agents do all the work. */
  async finish(): Promise<void> {
    const { world } = this;
    world.now += 40 * 60_000;
    for (let round = 0; round < 200; round++) {
      world.now += 200_000;
      const honest = await Promise.all(
        DOMAINS.map((domain) => world.agent('both', { domain, host: `honest-${domain}` })),
      );
      for (const agent of honest) {
        await agent.resolved(await agent.takeResolving(undefined, ZONES), 'full').catch(() => null);
        await agent.complete(await agent.send({ zones: ZONES })).catch(() => null);
      }
      for (const agent of honest) {
        await agent.complete(await agent.recv()).catch(() => null);
        await agent.placed(await agent.takePlacing()).catch(() => null);
        await agent.deleted(await agent.takeGarbage()).catch(() => null);
      }
      const jobs = await Promise.all(this.jobs.map((job) => world.job(job)));
      if (jobs.every((job) => job.state === 'done' && job.window_used_bytes === 0)) return;
    }
    throw new Error(`not done: ${JSON.stringify(await world.status())}`);
  }
}

function ignoreSessionUnknown(error: unknown): undefined {
  if (error instanceof Error && error.message.includes('session_unknown')) return undefined;
  throw error;
}

const SEEDS = [2, 5];

for (const seed of SEEDS) {
  test(`keeps its promises through random work, seed ${seed}`, async () => {
    const chaos = new Chaos(new Random(seed));
    await chaos.plan();
    for (let operation = 0; operation < OPERATIONS; operation++) {
      await chaos.step();
      if (operation % 25 === 0) await chaos.check();
    }
    await chaos.check();
    expect(chaos.handedOut.size).toBeGreaterThan(100);
    await chaos.finish();
    await chaos.check();
  }, 180_000);
}
