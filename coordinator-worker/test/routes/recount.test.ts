// SPDX-License-Identifier: Apache-2.0
import { createScheduledController, env } from 'cloudflare:test';
import { beforeEach, expect, test, vi } from 'vitest';
import { recount as recountParts } from '../../src/domain/recount';
import { readEnvironment } from '../../src/env';
import type { RecountReport } from '../../src/generated/messages';
import worker from '../../src/index';
import { d1Ports } from '../../src/sql/ports';
import { clear, dumpRows } from '../testing/dump';
import { Random } from '../testing/random';
import { driftOfTotals } from '../testing/recount';
import { planned, World } from '../testing/world';

beforeEach(clear);

const recount = (world: World, from: string | null = null) =>
  world.call('RecountReport', 'POST', `/v1/admin/recount${from === null ? '' : `?from=${from}`}`);

const last = (world: World) => world.call('RecountReport', 'GET', '/v1/admin/recount');

const withoutJob = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^job \w+: /, ''));

async function atWork(): Promise<World> {
  const world = new World();
  await world.submit({}, [planned('a.bin', { size_bytes: 1000 }), planned('b.bin')]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  await sender.complete(await sender.send({ max_tasks: 4 }));
  await sender.send({ max_tasks: 2 });
  await receiver.complete(await receiver.recv({ max_tasks: 1 }));
  await receiver.recv({ max_tasks: 1 });
  return world;
}

test('finds nothing wrong in the middle of work, and changes nothing', async () => {
  const world = await atWork();
  const before = await dumpRows();
  const clean = { jobs: 1, repaired: [], problems: [], next: null };
  expect(await recount(world)).toEqual(clean);
  expect(await recount(world)).toEqual(clean);
  expect(await last(world)).toEqual(clean);
  expect(await dumpRows()).toBe(before);
});

test('repairs totals and window, and says what was wrong', async () => {
  const world = await atWork();
  await env.DB.prepare(
    'UPDATE jobs SET tasks_pending = tasks_pending + 3, window_used_bytes = 0, files_done = 9',
  ).run();
  const { repaired, problems } = await recount(world);
  expect(problems).toEqual([]);
  expect(withoutJob(repaired)).toEqual([
    'tasks_pending 10 -> 7',
    'files_done 9 -> 0',
    'window_used_bytes 0 -> 600',
  ]);
  expect(await driftOfTotals()).toEqual([]);
  expect(withoutJob((await last(world)).repaired)).toEqual(withoutJob(repaired));
  const metrics = await (
    await world.raw('/metrics', { headers: { Authorization: 'Bearer test-read-token' } })
  ).text();
  expect(metrics).toContain('syncmate_recount_repaired 3\n');
  expect(metrics).toContain('syncmate_recount_problems 0\n');
  expect((await recount(world)).repaired).toEqual([]);
});

test('gives back leases whose session is gone, and repairs counters of files', async () => {
  const world = await atWork();
  await env.DB.prepare("DELETE FROM sessions WHERE role = 'send'").run();
  await env.DB.prepare(
    "UPDATE files SET downloaded_slices = 2, uncut_bytes = 7 WHERE virtual_path = 'a.bin'",
  ).run();
  const { repaired, problems } = await recount(world);
  expect(problems).toEqual([]);
  const lines = withoutJob(repaired);
  expect(lines.filter((line) => / is uploading, but .* -> given back$/.test(line))).toHaveLength(2);
  expect(
    lines.filter((line) => /^file \d+: 2 slices .* 7 bytes uncut -> 1 /.test(line)),
  ).toHaveLength(1);
  expect(lines.some((line) => line.startsWith('bytes_pending'))).toBe(false);
  expect(await driftOfTotals()).toEqual([]);
  expect(await recount(world)).toMatchObject({ repaired: [], problems: [] });
  // They go to others, and what their writers may still write is garbage a lease later.
  const sender = await world.agent('send');
  expect((await sender.send({ max_tasks: 2 })).map(({ lease_epoch }) => lease_epoch)).toEqual([
    world.now + 1,
    world.now + 1,
  ]);
});

test('gives back files whose placing session is gone, and both attempts of a stolen task', async () => {
  const world = new World({ STEAL_MIN_MS: '1000', STEAL_FACTOR: '1' });
  await world.submit({}, [planned('a.bin', { size_bytes: 100 })]);
  const sender = await world.agent('send');
  await sender.send();
  world.now += 179_000;
  await sender.heartbeat();
  world.now += 2000;
  const thief = await world.agent('send');
  expect(await thief.send()).toHaveLength(1);
  await env.DB.prepare('DELETE FROM sessions').run();
  expect(withoutJob((await recount(world)).repaired)).toHaveLength(2);
  expect((await world.status()).tasks.pending.count).toBe(1);
  const other = await world.agent('both');
  await other.complete(await other.send());
  await other.complete(await other.recv());
  expect(await other.takePlacing()).toHaveLength(1);
  await env.DB.prepare('DELETE FROM sessions').run();
  expect(withoutJob((await recount(world)).repaired)[0]).toMatch(/^file \d+ is placing, but its/);
  const placer = await world.agent('recv', { domain: other.options.domain });
  await placer.placed(await placer.takePlacing());
  expect((await world.status()).jobs[0]?.state).toBe('done');
});

test('reports what contradicts itself and changes nothing about it', async () => {
  const world = await atWork();
  await env.DB.prepare("DELETE FROM tasks WHERE state = 'uploaded' AND slice_no = 2").run();
  await env.DB.prepare("UPDATE files SET state = 'done' WHERE virtual_path = 'b.bin'").run();
  const { problems } = await recount(world);
  expect(withoutJob(problems).sort()).toEqual([
    expect.stringMatching(/^file 1 is transferring with 6 of 10 slices cut; it has 5 tasks/),
    expect.stringMatching(/^file 2 is done with 0 of 3 slices cut; it has 0 tasks/),
  ]);
  expect(await last(world)).toMatchObject({ problems });
});

/** One file a call: whatever a test does in between happens between two parts. */
const onePart = (world: World, from: string | null = null) =>
  recountParts(d1Ports(env.DB), from, {
    settings: readEnvironment(env).settings,
    now: world.now,
    part: { files: 1, tasks: 1 },
    partsMax: 1,
  });

const drift = (lines: readonly string[]) =>
  Object.fromEntries(
    withoutJob(lines).map((line) => {
      const [name = '', was, , is] = line.split(' ');
      return [name, Number(was) - Number(is)];
    }),
  );

test('repairs drift of 1,000 tasks while they move between the parts', async () => {
  const seed = Date.now() % 2_147_483_647;
  const random = new Random(seed);
  const world = new World();
  const files = Array.from({ length: 50 }, (_, i) => planned(`f${i}.bin`, { size_bytes: 2000 }));
  await world.submit({}, files, false);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const move = async () => {
    const up = await sender.send({ max_tasks: 20 });
    if (up.length > 0) await (random.chance(0.7) ? sender.complete(up) : sender.release(up));
    const down = await receiver.recv({ max_tasks: 20 });
    if (down.length > 0) {
      if (random.chance(0.8)) await receiver.complete(down);
      else await receiver.fail(down.slice(0, 3), random.pick(['object_bad', 'retry']));
    }
    const keys = await receiver.takeGarbage();
    if (keys.length > 0) await receiver.deleted(keys);
    const placing = await receiver.takePlacing();
    if (placing.length > 0) {
      await receiver.placed(placing, random.pick(['placed', 'placed', 'restart', 'failed']));
    }
    world.now += 7000;
    await Promise.all([sender.heartbeat(), receiver.heartbeat()]);
  };
  for (let i = 0; i < 5; i++) await move();
  const injected = { tasks_pending: 3, bytes_uploaded: 70, files_done: 2 };
  await env.DB.prepare(
    `UPDATE jobs SET ${Object.entries(injected)
      .map(([name, by]) => `${name} = ${name} + ${by}`)
      .join(', ')}`,
  ).run();

  let report: RecountReport;
  let parts = 0;
  let added = 0;
  do {
    report = await onePart(world);
    parts += 1;
    await move();
    // Files come too: before what was counted, and after it.
    if (parts % 20 === 0) {
      const job = (await world.status()).jobs[0]?.job_id ?? '';
      added += 2;
      await world.call('BatchReply', 'POST', `/v1/jobs/${job}/files`, {
        body: { files: [planned(`a${added}`), planned(`z${added}`)] },
      });
    }
  } while (report.jobs === 0);

  expect(parts, `seed ${seed}`).toBeGreaterThan(50);
  expect(report.problems, `seed ${seed}`).toEqual([]);
  expect(drift(report.repaired), `seed ${seed}`).toEqual(injected);
  expect(await driftOfTotals(), `seed ${seed}`).toEqual([]);
});

test('goes on where another call is, and with the next job from there', async () => {
  const world = new World();
  const older = (await world.submit({}, [planned('a'), planned('b')])).job_id;
  const newer = (await world.submit({}, [planned('a'), planned('b')])).job_id;
  expect(await onePart(world)).toMatchObject({ jobs: 0, next: newer });
  expect(await Promise.all([onePart(world), onePart(world)])).toHaveLength(2);
  const rest = await recount(world, newer);
  expect(rest).toMatchObject({ jobs: 2, repaired: [], next: null });
  expect(await recount(world, older)).toMatchObject({ jobs: 1, next: null });
});

test('counts by cron, a job a run and each once a day, and says so in the log', async () => {
  const world = await atWork();
  await world.submit({}, [planned('c')]);
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const told = vi.spyOn(console, 'info').mockImplementation(() => undefined);
  const cron = async () => {
    const at = createScheduledController({
      scheduledTime: new Date(world.now),
      cron: '*/10 * * * *',
    });
    await worker.scheduled(at, env);
  };
  await env.DB.prepare('UPDATE jobs SET files_done = 9 WHERE job_no = 1').run();
  const broken = await driftOfTotals();
  expect(broken).not.toEqual([]);
  await cron();
  expect(told.mock.calls.flat()).toEqual([
    expect.stringMatching(/^recount.finished job=\w+ repaired=0 problems=0$/),
  ]);
  await cron();
  expect(warned.mock.calls.flat()).toEqual([
    expect.stringMatching(/^recount.finished job=\w+ repaired=1 problems=0 .*files_done 9 -> 0/),
  ]);
  expect(await driftOfTotals()).toEqual([]);
  await cron();
  world.now += 24 * 60 * 60_000 - 1;
  await cron();
  expect(told).toHaveBeenCalledTimes(1);
  world.now += 1;
  await cron();
  expect(told).toHaveBeenCalledTimes(2);
  vi.restoreAllMocks();
});
