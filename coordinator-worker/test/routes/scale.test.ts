// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { recount } from '../../src/domain/recount';
import { readEnvironment } from '../../src/env';
import { d1Ports } from '../../src/sql/ports';
import { clear } from '../testing/dump';
import { populate } from '../testing/populate';
import { driftOfTotals } from '../testing/recount';
import { planned, World, ZONE } from '../testing/world';

/** Rows that D1 says it read and wrote, at 1,000 tasks and at SYNCMATE_TASKS (`npm run test:scale`: 1,000,000). */

const SMALL = 1000;
const LARGE = Number(env.SYNCMATE_TASKS);
const BATCH = 32;
const LIFE_SLICES = 320;

type Rows = Record<string, { read: number; written: number }>;

async function measure(tasks: number): Promise<Rows> {
  await clear();
  const zone = '/many';
  await populate(zone, tasks);
  const world = new World();
  // A recount's triggers stay, and cost what they cost.
  for (let over = false; !over;) {
    const { next, repaired, problems } = await world.call(
      'RecountReport',
      'POST',
      '/v1/admin/recount',
    );
    expect([repaired, problems]).toEqual([[], []]);
    over = next === null;
  }
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const rows: Rows = {};
  const count = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    world.meter.reset();
    const result = await call();
    const { rowsRead, rowsWritten } = world.meter;
    const before = rows[name] ?? { read: 0, written: 0 };
    rows[name] = { read: before.read + rowsRead, written: before.written + rowsWritten };
    return result;
  };
  // What the first take notes for explanations is not of every take.
  await sender.send({ zones: [zone], max_tasks: 1 });

  const sent = await count('take 32 to send', () =>
    sender.send({ zones: [zone], max_tasks: BATCH }),
  );
  expect(sent).toHaveLength(BATCH);
  await count('heartbeat', () => sender.heartbeat(sent));
  await count('complete 32 sent', () => sender.complete(sent));
  const received = await count('take 32 to receive', () => receiver.recv({ max_tasks: BATCH }));
  expect(received).toHaveLength(BATCH);
  await count('release 32', () => receiver.release(received));
  await count('status', () => world.status());
  expect(await driftOfTotals()).toEqual([]);

  // A whole life, from the plan to the last object's deletion, among all the others.
  const life = <T>(call: () => Promise<T>) => count('life', call);
  const file = planned('life.bin', { size_bytes: LIFE_SLICES * 10 });
  await life(() => world.submit({ sliceSizeBytes: 10 }, [file]));
  const taker = await world.agent('recv', { domain: 'life' });
  for (let done = 0; done < LIFE_SLICES; done += BATCH) {
    const up = await life(() => sender.send({ zones: [ZONE], max_tasks: BATCH }));
    expect(up).toHaveLength(BATCH);
    await life(() => sender.complete(up));
    world.now += 5000;
  }
  await env.DB.prepare(
    "UPDATE files SET domain = 'life' WHERE planned_path = 'life.bin' AND domain = ''",
  ).run();
  for (let done = 0; done < LIFE_SLICES; done += BATCH) {
    const down = await life(() => taker.recv({ max_tasks: BATCH }));
    expect(down.filter(({ virtual_path }) => virtual_path.startsWith('life'))).toHaveLength(BATCH);
    await life(() => taker.complete(down));
    const keys = await life(() => taker.takeGarbage());
    await life(() => taker.deleted(keys));
    world.now += 5000;
  }
  const placing = await life(() => taker.takePlacing());
  expect(placing).toHaveLength(1);
  await life(() => taker.placed(placing));
  return rows;
}

test(
  `costs the same rows at ${LARGE} tasks as at ${SMALL}`,
  async () => {
    const small = await measure(SMALL);
    const started = Date.now();
    const large = LARGE === SMALL ? small : await measure(LARGE);
    const table = Object.entries(large).map(
      ([name, rows]) =>
        `${name}: read ${small[name]?.read ?? 0} -> ${rows.read}, written ${small[name]?.written ?? 0} -> ${rows.written}`,
    );
    console.info(
      `scale.rows ${SMALL} -> ${LARGE} tasks, ${Date.now() - started} ms\n${table.join('\n')}`,
    );
    for (const name of ['take 32 to send', 'take 32 to receive']) {
      const [few, many] = [small[name]?.read ?? 0, large[name]?.read ?? 0];
      expect.soft(many, name).toBeLessThanOrEqual(few * 1.1);
      expect.soft(many, name).toBeGreaterThanOrEqual(few * 0.9);
    }
    expect.soft(large['status']?.read).toBeLessThan(100);
    expect.soft(large['heartbeat']?.written).toBe(1);
    expect.soft((large['life']?.written ?? 0) / LIFE_SLICES).toBeLessThanOrEqual(10);
  },
  60_000 + LARGE,
);

test(
  `recounts ${LARGE} tasks part by part, while takes go on in between`,
  async () => {
    await clear();
    const zone = '/many';
    const jobId = await populate(zone, LARGE);
    const world = new World();
    const sender = await world.agent('send');
    await env.DB.prepare('UPDATE jobs SET tasks_pending = tasks_pending + 7').run();
    const store = d1Ports(world.meter.database);
    const { settings } = readEnvironment(env);
    const started = Date.now();
    const longest = { ms: 0, read: 0, written: 0 };
    const parts = { calls: 0, repaired: [] as readonly string[] };
    for (let over = false; !over; parts.calls++) {
      world.meter.reset();
      const at = Date.now();
      const report = await recount(store, null, { settings, now: world.now, partsMax: 1 });
      longest.ms = Math.max(longest.ms, Date.now() - at);
      longest.read = Math.max(longest.read, world.meter.rowsRead);
      longest.written = Math.max(longest.written, world.meter.rowsWritten);
      over = report.jobs === 1;
      parts.repaired = report.repaired;
      expect(report.problems).toEqual([]);
      await sender.complete(await sender.send({ zones: [zone], max_tasks: BATCH }));
      world.now += 100;
    }
    console.info(
      `recount ${LARGE} tasks: ${parts.calls} parts, ${Date.now() - started} ms; the longest ${JSON.stringify(longest)}`,
    );
    expect(parts.repaired).toEqual([
      expect.stringMatching(new RegExp(`^job ${jobId.slice(0, 16)}: tasks_pending `)),
    ]);
    expect(await driftOfTotals()).toEqual([]);
    // Files of a part, their tasks several times, and the job's garbage: far below a second's work.
    expect(longest.read).toBeLessThan(60_000);
    expect(longest.written).toBeLessThan(200);
  },
  60_000 + LARGE,
);
