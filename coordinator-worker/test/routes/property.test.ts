// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lease, LeaseRequest, PlacingFile } from '../../src/generated/messages';
import { recount } from '../../src/domain/recount';
import { readEnvironment } from '../../src/env';
import { d1Ports } from '../../src/sql/ports';
import { clear } from '../testing/dump';
import { BACKOFF_MS, LEASE_MS, Model, STEAL_MIN_MS } from '../testing/model';
import { ATTEMPTS_MAX, FAILED_HOSTS_MAX, POLL_MS } from '../testing/model-hosts';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, ZONE, type Agent } from '../testing/world';

/**
 * Random work against the real SQL and a reference model of it (testing/model.ts): every answer is what
 * the model foresees or allows, and the rows are what it holds. SYNCMATE_STEPS says how many steps in
 * all, each few hundred of them from a seed of their own. A failure prints its seed, with which
 * SYNCMATE_SEED runs it again, before any other.
 */

const STEPS = Number(env.SYNCMATE_STEPS);
const { settings } = readEnvironment({ ...env, ATTEMPTS_MAX: String(ATTEMPTS_MAX) });
const STEPS_OF_RUN = 500;
/** A tight one, and one in which nothing stays pending, so that there is something to steal. */
const WINDOWS = [700, 1500, 6000];
const SLICE = 100;
const SLOTS = 5;
/**
 * Among them one empty file, and some whose last slice is short; an index and its data, and a map version of three,
 * which are placed as their groups let them.
 */
const FILES = [
  planned('b.idx', { size_bytes: 150, publish_group: 'objects/b', publish_order: 1 }),
  planned('b.bin', { size_bytes: 430, publish_group: 'objects/b', publish_order: 0 }),
  planned('m0.tch', { size_bytes: 380, publish_group: 'map/m/V', publish_order: 0 }),
  planned('m1.tch', { size_bytes: 299, publish_group: 'map/m/V', publish_order: 0 }),
  planned('m2.tch', { size_bytes: 250, publish_group: 'map/m/V', publish_order: 0 }),
  planned('f5.tch', { size_bytes: 400 }),
  planned('f6.tch', { size_bytes: 0 }),
];

const KINDS = [
  'send',
  'send',
  'recv',
  'recv',
  'again',
  'complete',
  'complete',
  'complete',
  'complete',
  'complete',
  'fail',
  'fail',
  'fail',
  'fail',
  'release',
  'heartbeat',
  'heartbeat',
  'end',
  'kill',
  'late',
  'garbage',
  'garbage',
  'sweep',
  'recount',
  'recount',
  'place',
  'place',
  'retry',
] as const;

interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly slot: number;
  readonly count: number;
  /** Which of a list's items: bit by bit. */
  readonly some: number;
  readonly ms: number;
  readonly fail: 'retry' | 'unreachable' | 'object_bad' | 'permanent';
  readonly lost: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  slot: fc.nat(SLOTS - 1),
  count: fc.integer({ min: 1, max: 6 }),
  some: fc.oneof(fc.nat(255), fc.constant(255)),
  // Mostly moments; sometimes long enough for leases to run out.
  ms: fc.oneof(
    { arbitrary: fc.nat(3000), weight: 60 },
    { arbitrary: fc.integer({ min: 60_000, max: 200_000 }), weight: 1 },
  ),
  fail: fc.oneof(
    { arbitrary: fc.constantFrom('retry', 'retry', 'unreachable', 'object_bad'), weight: 14 },
    { arbitrary: fc.constant('permanent'), weight: 1 },
  ),
  lost: fc.oneof(
    { arbitrary: fc.constant(false), weight: 9 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
});

interface Slot {
  agent: Agent;
  leases: Lease[];
  request: { body: LeaseRequest; leases: Lease[] } | null;
}

class Run {
  readonly world = new World({
    ATTEMPTS_MAX: String(ATTEMPTS_MAX),
    FAILED_HOSTS_MAX: String(FAILED_HOSTS_MAX),
    POLL_INTERVAL_MS: String(POLL_MS),
    FAIL_BACKOFF_MS: String(BACKOFF_MS),
    STEAL_FACTOR: '1',
    STEAL_MIN_MS: String(STEAL_MIN_MS),
    // Files of one domain: that it is gone is another test's matter.
    DOMAIN_TIMEOUT_MS: String(365 * 86_400_000),
  });
  readonly model: Model;
  private readonly slots: Slot[] = [];
  /** Sessions that died or ended, with what they believe to hold. */
  private readonly ghosts: Slot[] = [];
  private job = '';
  recounts = 0;

  constructor(private readonly windowBytes: number) {
    this.model = new Model(windowBytes);
  }

  async begin(): Promise<void> {
    await clear();
    const job = { windowBytes: this.windowBytes, sliceSizeBytes: SLICE };
    this.job = (await this.world.submit(job, FILES)).job_id;
    const page = await this.world.call('FilePage', 'GET', `/v1/files?job_id=${this.job}`);
    for (const file of page.files) {
      const plan = FILES.find(({ virtual_path }) => virtual_path === file.virtual_path);
      const slices = Math.max(1, Math.ceil(file.size_bytes / SLICE));
      const { publish_group: group, publish_order: order } = plan ?? {};
      this.model.addFile(file.file_id, slices, group ?? null, order ?? 0);
    }
    for (let slot = 0; slot < SLOTS; slot++) await this.join(slot);
  }

  private async join(at: number): Promise<void> {
    const agent = await this.world.agent('both', { domain: 'd', host: `h${at}` });
    this.model.open(agent.sessionId, agent.options.host, this.world.now);
    this.slots[at] = { agent, leases: [], request: null };
  }

  private slot(at: number): Slot {
    const slot = this.slots[at];
    if (slot === undefined) throw new Error(`no slot ${at}`);
    return slot;
  }

  async take(step: Step): Promise<void> {
    this.world.now += step.ms;
    const slot = this.slot(step.slot);
    switch (step.kind) {
      case 'send':
      case 'recv':
        return this.lease(slot, step.kind, step);
      case 'again':
        return this.again(slot);
      case 'complete':
      case 'fail':
      case 'release':
        return this.report(slot, step.kind, step);
      case 'heartbeat':
        return this.beat(step.slot);
      case 'late':
        return this.late(step);
      case 'end':
        if (step.count < 5) return;
        await slot.agent.end();
        this.model.end(slot.agent.sessionId, this.world.now);
        return this.replace(step.slot);
      case 'kill':
        if (step.count < 5) return;
        return this.replace(step.slot);
      case 'garbage':
        return this.clean(slot, step);
      case 'sweep':
        return this.sweep(slot, step);
      case 'recount':
        return this.recount(step);
      case 'place':
        return this.place(slot, step);
      case 'retry':
        // A failed file stays failed for a while.
        if (step.count < 4) return;
        await this.world.retry(this.job);
        return this.model.retry();
    }
  }

  private async replace(at: number): Promise<void> {
    this.ghosts.push(this.slot(at));
    if (this.ghosts.length > SLOTS) this.ghosts.shift();
    await this.join(at);
  }

  private isOpen(slot: Slot): boolean {
    return this.model.isOpen(slot.agent.sessionId, this.world.now);
  }

  private async lease(slot: Slot, direction: 'send' | 'recv', step: Step): Promise<void> {
    const { agent } = slot;
    const body = agent.request(direction, {
      // Some take all there is, so that others find nothing but what may be stolen.
      max_tasks: step.count > 3 ? 100 : step.count,
      max_bytes: step.count > 3 ? 100_000 : 1 + step.some * 4,
      zones: direction === 'send' ? [ZONE] : [],
    });
    const leases = await this.asked(slot, body);
    if (leases === null) return;
    this.model.take(agent.sessionId, direction, leases, this.world.now);
    slot.request = { body, leases };
    if (!step.lost) slot.leases.push(...leases);
  }

  /** null: refused, as foreseen. */
  private async asked(slot: Slot, body: LeaseRequest): Promise<Lease[] | null> {
    const answer = await this.world.attempt('POST', '/v1/leases', { body });
    this.model.reclaimExpired(this.world.now);
    expect(answer.status).toBe(this.isOpen(slot) ? 200 : 409);
    return answer.status === 200 ? (answer.body as { leases: Lease[] }).leases : null;
  }

  private async again(slot: Slot): Promise<void> {
    if (slot.request === null || slot.request.leases.length === 0) return;
    const { body, leases: first } = slot.request;
    // A take is remembered for as long as it holds anything.
    const expected = this.isOpen(slot) ? this.model.again(slot.agent.sessionId, first) : [];
    if (expected.length === 0) return;
    const leases = await this.asked(slot, body);
    expect(leases).toEqual(this.model.again(slot.agent.sessionId, first));
  }

  private pick<T>(items: readonly T[], step: Step): T[] {
    return items.filter((_, i) => ((step.some >> (i % 8)) & 1) === 1);
  }

  private async report(slot: Slot, kind: 'complete' | 'fail' | 'release', step: Step) {
    const leases = this.pick(slot.leases, step).slice(0, kind === 'complete' ? 6 : 1);
    if (leases.length === 0) return;
    const { agent } = slot;
    const call = () =>
      kind === 'complete'
        ? agent.complete(leases)
        : kind === 'fail'
          ? agent.fail(leases, step.fail)
          : agent.release(leases);
    const foresee = (lease: Lease) =>
      kind === 'complete'
        ? this.model.complete(agent.sessionId, lease, this.world.now)
        : kind === 'fail'
          ? this.model.fail(agent.sessionId, lease, step.fail, this.world.now)
          : this.model.release(agent.sessionId, lease, this.world.now);
    const expected = leases.map(foresee);
    expect(outcomes(await call()), `${kind} ${JSON.stringify(leases)}`).toEqual(expected);
    // The answer got lost: the report comes again.
    if (step.lost) expect(outcomes(await call()), `${kind} again`).toEqual(expected);
    else slot.leases = slot.leases.filter((lease) => !leases.includes(lease));
  }

  private async late(step: Step): Promise<void> {
    const ghost = this.ghosts[step.slot];
    if (ghost === undefined) return;
    const kind = (['complete', 'fail', 'release'] as const)[step.count % 3] ?? 'complete';
    await this.report(ghost, kind, { ...step, lost: true });
  }

  private async beat(at: number): Promise<void> {
    const slot = this.slot(at);
    const { agent, leases } = slot;
    const held = leases.map(({ task_id, lease_epoch }) => ({ task_id, lease_epoch }));
    const answer = await this.world.attempt('POST', `/v1/agents/${agent.sessionId}/heartbeat`, {
      body: { transferred_bytes: 1000, bytes_per_second: 1000, held },
    });
    expect(answer.status).toBe(this.isOpen(slot) ? 200 : 409);
    // The agent registers anew.
    if (answer.status !== 200) return this.replace(at);
    const { lost } = answer.body as { lost: string[] };
    expect(lost).toEqual(this.model.heartbeat(agent.sessionId, held, this.world.now));
    const named = new Set(lost);
    // An id may stand twice: an older lease on the task, and a newer one.
    slot.leases = leases.filter((lease) => !named.has(lease.task_id));
  }

  private async clean(slot: Slot, step: Step): Promise<void> {
    const { sessionId } = slot.agent;
    const answer = await this.world.attempt('POST', '/v1/garbage/take', {
      body: { session_id: sessionId, max_objects: 10 },
    });
    expect(answer.status).toBe(this.isOpen(slot) ? 200 : 409);
    if (answer.status !== 200) return;
    const { object_keys: keys } = answer.body as { object_keys: string[] };
    for (const key of keys) {
      expect(this.model.garbage.get(key)?.notBefore, key).toBeLessThanOrEqual(this.world.now);
    }
    const some = this.pick(keys, step);
    if (some.length === 0) return;
    const before = this.model.deleted(some, this.world.now);
    expect(await slot.agent.deleted(some)).toBe(before);
    expect(await slot.agent.deleted(some)).toBe(0);
  }

  /** A listing shows whatever keys there may ever be, old and young: only what nobody can need is garbage. */
  private async sweep(slot: Slot, step: Step): Promise<void> {
    const prefix = `${this.job.slice(0, 16)}/`;
    if (!this.isOpen(slot)) return;
    const sweep = await slot.agent.takeSweep();
    if (sweep !== null) expect(sweep).toEqual({ job_id: this.job, key_prefix: prefix });
    expect(await slot.agent.takeSweep()).toBeNull();
    const listed = this.pick(this.model.keysAround(prefix, step.count), step);
    if (listed.length === 0) return;
    const ageMs = step.lost ? 2 * LEASE_MS - 1 : 2 * LEASE_MS;
    const expected = this.model.listed(step.lost ? [] : listed);
    const stray = [
      ...expected,
      ...(step.lost ? [] : listed.filter((key) => this.model.isStray(key))),
    ];
    const found = await slot.agent.listed(this.job, listed, ageMs);
    expect(found.sort()).toEqual([...new Set(stray)].sort());
    expect((await slot.agent.listed(this.job, listed, ageMs)).sort()).toEqual(found);
  }

  /** A part of a recount: right whatever moves before the next. */
  private async recount(step: Step): Promise<void> {
    const { jobs, repaired, problems } = await recount(d1Ports(env.DB), null, {
      settings,
      now: this.world.now,
      part: { files: step.count, tasks: 20 },
      partsMax: 1,
    });
    expect([repaired, problems]).toEqual([[], []]);
    this.recounts += jobs;
  }

  private async place(slot: Slot, step: Step): Promise<void> {
    const { agent } = slot;
    const body = {
      session_id: agent.sessionId,
      request_id: this.world.requestId(),
      max_files: step.count,
    };
    const answer = await this.world.attempt('POST', '/v1/files/take-placing', { body });
    this.model.reclaimExpired(this.world.now);
    expect(answer.status).toBe(this.isOpen(slot) ? 200 : 409);
    if (answer.status !== 200) return;
    const { files } = answer.body as { files: PlacingFile[] };
    const ready = [...this.model.files.values()].filter((file) => this.model.mayPlace(file));
    expect(files).toHaveLength(Math.min(step.count, ready.length));
    for (const { file_id, lease_epoch } of files) {
      this.model.takePlacing(agent.sessionId, file_id, lease_epoch);
    }
    if (step.lost || files.length === 0) return;
    const outcome = this.outcome(step);
    const reply = await agent.placed(files, outcome);
    expect(outcomes(reply)).toEqual(files.map(() => 'ok'));
    this.model.placed(
      files.map(({ file_id }) => file_id),
      outcome,
    );
  }

  private outcome({ fail, some }: Step): 'placed' | 'failed' | 'restart' | 'release' {
    if (fail === 'permanent') return 'failed';
    if (fail === 'object_bad' && some < 100) return 'restart';
    return fail === 'unreachable' && some < 100 ? 'release' : 'placed';
  }

  /** The rows are what the model holds, the totals what the rows say. */
  async compare(): Promise<void> {
    const { results } = await env.DB.prepare(
      `SELECT file_id || '-' || slice_no AS id, state, lease_epoch AS epoch, attempts,
              CASE WHEN state IN ('uploading', 'uploaded', 'downloading') THEN object_key END AS key,
              rival_key,
              (SELECT json_group_object(key, json_array(value ->> 'attempts', value ->> 'until'))
                 FROM json_each(failures)) AS failures
         FROM tasks ORDER BY file_id, slice_no`,
    ).all<{ failures: string }>();
    const rows = results.map((row) => ({ ...row, failures: JSON.parse(row.failures) as unknown }));
    const expected = [...this.model.tasks()].map((task) => ({
      id: task.id,
      state: task.state,
      epoch: task.epoch,
      attempts: task.attempts,
      key:
        task.state === 'uploading'
          ? (task.holder?.key ?? null)
          : (this.model.keysOf(task)[0] ?? null),
      rival_key: task.state === 'uploading' ? (task.rival?.key ?? null) : null,
      failures: Object.fromEntries(
        [...task.failures].map(([host, { attempts, until }]) => [host, [attempts, until]]),
      ),
    }));
    expect(rows).toEqual(expected);
    const files = await env.DB.prepare(
      `SELECT file_id, state, CASE state WHEN 'placing' THEN held ELSE 0 END AS held FROM files ORDER BY file_id`,
    ).all();
    expect(files.results).toEqual(
      [...this.model.files.values()].map((file) => ({
        file_id: Number(file.id),
        state: file.state,
        held:
          file.state === 'placing' && file.placing === null && !this.model.mayPlace(file) ? 1 : 0,
      })),
    );
    const garbage = await env.DB.prepare(
      'SELECT object_key, bytes, not_before FROM garbage ORDER BY object_key',
    ).all();
    expect(garbage.results).toEqual(
      [...this.model.garbage]
        .map(([object_key, { bytes, notBefore }]) => ({ object_key, bytes, not_before: notBefore }))
        .sort((a, b) => (a.object_key < b.object_key ? -1 : 1)),
    );
    expect(await driftOfTotals()).toEqual([]);
    const job = await this.world.job(this.job);
    expect(job.window_used_bytes).toBe(this.model.windowUsed());
    expect(job.window_used_bytes).toBeLessThanOrEqual(this.windowBytes);
  }

  /** No task is lost: two honest agents bring everything to its end. */
  async finish(): Promise<void> {
    const { world } = this;
    for (let round = 0; round < 60; round++) {
      world.now += LEASE_MS + 1;
      await world.retry(this.job);
      const agent = await world.agent('both', { domain: 'd', host: `honest-${round}` });
      await agent.complete(await agent.send({ max_tasks: 100 })).catch(() => null);
      await agent.complete(await agent.recv({ max_tasks: 100 })).catch(() => null);
      await agent.placed(await agent.takePlacing()).catch(() => null);
      await agent.deleted(await agent.takeGarbage()).catch(() => null);
      const job = await world.job(this.job);
      if (job.files.done.count === FILES.length && job.window_used_bytes === 0) return;
    }
    throw new Error(`not done: ${JSON.stringify(await world.job(this.job))}`);
  }
}

const firstSeed = env.SYNCMATE_SEED === '' ? Date.now() % 1_000_000_000 : Number(env.SYNCMATE_SEED);
const seeds = Array.from({ length: Math.ceil(STEPS / STEPS_OF_RUN) }, (_, i) => firstSeed + i);

const counts = {
  steps: 0,
  completions: 0,
  steals: 0,
  groupPlacings: 0,
  reclaims: 0,
  strays: 0,
  recounts: 0,
};

async function runOnce(windowBytes: number, steps: readonly Step[]): Promise<void> {
  const run = new Run(windowBytes);
  await run.begin();
  for (const [at, each] of steps.entries()) {
    await run.take(each).catch((error: unknown) => {
      throw new Error(`step ${at} ${JSON.stringify(each)}`, { cause: error });
    });
    if (at % 20 === 19) await run.compare();
  }
  await run.compare();
  await run.finish();
  const { model, recounts } = run;
  counts.steps += steps.length;
  counts.completions += model.completions;
  counts.steals += model.steals;
  counts.groupPlacings += model.groupPlacings;
  counts.reclaims += model.reclaims;
  counts.strays += model.strays;
  counts.recounts += recounts;
}

test(
  `does what the model foresees in ${STEPS} random steps of ${seeds.length} seeds from ${firstSeed}`,
  async () => {
    for (const seed of seeds) {
      const steps = fc.array(step, {
        minLength: STEPS_OF_RUN,
        maxLength: STEPS_OF_RUN,
        size: 'max',
      });
      const result = await fc.check(fc.asyncProperty(fc.constantFrom(...WINDOWS), steps, runOnce), {
        seed,
        numRuns: 1,
        endOnFailure: true,
        // Small numbers would be preferred: nothing picked, no time gone by.
        unbiased: true,
      });
      if (!result.failed) continue;
      const error = result.errorInstance;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Error(`SYNCMATE_SEED=${seed} runs it again: ${String(error)}: ${String(cause)}`, {
        cause,
      });
    }
    console.info(`property.done seeds=${firstSeed}+${seeds.length} ${JSON.stringify(counts)}`);
    if (STEPS < 10_000) return;
    // Steps that find nothing to do would prove nothing.
    expect(counts.completions).toBeGreaterThan(STEPS / 100);
    expect(counts.groupPlacings).toBeGreaterThan(STEPS / 10_000);
    expect(counts.steals).toBeGreaterThan(STEPS / 1000);
    expect(counts.reclaims).toBeGreaterThan(STEPS / 1000);
    expect(counts.strays).toBeGreaterThan(STEPS / 1000);
    expect(counts.recounts).toBeGreaterThan(STEPS / 200);
  },
  20_000 + STEPS * 200,
);
