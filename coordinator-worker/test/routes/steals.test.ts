// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import type { Lease } from '../../src/generated/messages';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, type Agent } from '../testing/world';

const LEASE_MS = 180_000;
const STEAL_MIN_MS = 60_000;

beforeEach(clear);

/** A slow agent that holds the only work for long, and an idle one that asks. */
async function endgame(options: { windowBytes?: number; slices?: number } = {}) {
  const world = new World();
  const slices = options.slices ?? 1;
  const { job_id: job } = await world.submit({ windowBytes: options.windowBytes ?? 10_000 }, [
    planned('a.bin', { size_bytes: slices * 100 }),
  ]);
  const slow = await world.agent('send', { name: 'slow' });
  const idle = await world.agent('send', { name: 'idle' });
  const held = await slow.send();
  expect(held).toHaveLength(slices);
  await idle.heartbeat([], 1_000_000);
  return { world, job, slow, idle, held };
}

async function pass(world: World, ms: number, beats: readonly (readonly [Agent, Lease[]])[]) {
  for (let passed = 0; passed < ms; passed += 30_000) {
    world.now += Math.min(30_000, ms - passed);
    for (const [agent, held] of beats) {
      expect(
        (await agent.heartbeat(held, agent.options.name === 'idle' ? 1_000_000 : 1)).lost,
      ).toEqual([]);
    }
  }
}

async function stolen(options: { windowBytes?: number; slices?: number } = {}) {
  const found = await endgame(options);
  const { world, slow, idle, held } = found;
  await pass(world, STEAL_MIN_MS, [
    [slow, held],
    [idle, []],
  ]);
  const leases = await idle.send({ max_tasks: 1 });
  expect(leases).toHaveLength(1);
  const lease = leases[0] as Lease;
  const old = held.find(({ task_id }) => task_id === lease.task_id) as Lease;
  expect(lease.lease_epoch).toBe(world.now);
  expect(lease.object_key).not.toBe(old.object_key);
  return { ...found, lease, old };
}

test('leaves a task alone while its holder is not much slower than others would be', async () => {
  const { world, slow, idle, held } = await endgame();
  await pass(world, STEAL_MIN_MS - 1, [
    [slow, held],
    [idle, []],
  ]);
  expect(await idle.send()).toEqual([]);
  // An average agent would need 100 s for it, so 300 s are not yet long.
  world.now += 1;
  await slow.heartbeat(held, 1);
  await idle.heartbeat([], 1);
  expect(await idle.send()).toEqual([]);
});

test('steals nothing while anything is pending, nothing out of reach, and nothing when told not to', async () => {
  const { world, slow, idle, held } = await endgame();
  await pass(world, STEAL_MIN_MS, [
    [slow, held],
    [idle, []],
  ]);
  expect(await idle.send({ zones: ['/elsewhere'] })).toEqual([]);
  await world.submit({}, [planned('b.bin', { size_bytes: 100 })]);
  const fresh = await idle.send();
  expect(fresh.map(({ virtual_path }) => virtual_path)).toEqual(['b.bin']);

  const never = new World({ STEAL_FACTOR: '0' });
  never.now = world.now;
  const other = await never.agent('send');
  expect(await other.send()).toEqual([]);
});

test('the thief wins when it completes first; the slow one learns it and its object goes', async () => {
  const { world, job, slow, idle, lease, old } = await stolen();
  expect((await world.job(job)).window_used_bytes).toBe(200);
  expect((await slow.heartbeat([old])).lost).toEqual([]);
  expect(outcomes(await idle.complete([lease]))).toEqual(['ok']);
  expect(outcomes(await slow.complete([old]))).toEqual(['lease_stale']);
  expect((await slow.heartbeat([old])).lost).toEqual([old.task_id]);
  const receiver = await world.agent('recv');
  expect(await receiver.takeGarbage()).toEqual([]);
  const received = await receiver.recv();
  expect(received.map(({ object_key }) => object_key)).toEqual([lease.object_key]);
  await receiver.complete(received);
  await receiver.deleted(await receiver.takeGarbage());
  expect((await world.job(job)).window_used_bytes).toBe(100);
  world.now += LEASE_MS;
  const later = await world.agent('recv');
  expect(await later.takeGarbage()).toEqual([old.object_key]);
  expect(await later.deleted([old.object_key])).toBe(100);
  expect((await world.job(job)).window_used_bytes).toBe(0);
  expect(await driftOfTotals()).toEqual([]);
});

test('the slow one wins when it completes first, and says so again; the thief is stale', async () => {
  const { world, slow, idle, lease, old } = await stolen();
  expect(outcomes(await slow.complete([old]))).toEqual(['ok']);
  const before = await dump();
  expect(outcomes(await slow.complete([old]))).toEqual(['ok']);
  expect(await dump()).toBe(before);
  expect((await slow.heartbeat([old])).lost).toEqual([]);
  expect((await idle.heartbeat([lease])).lost).toEqual([lease.task_id]);
  expect(outcomes(await idle.complete([lease]))).toEqual(['lease_stale']);
  const receiver = await world.agent('recv');
  const received = await receiver.recv();
  expect(received).toMatchObject([
    { object_key: old.object_key, lease_epoch: lease.lease_epoch + 1 },
  ]);
  expect(outcomes(await receiver.complete(received))).toEqual(['ok']);
  expect((await world.explain(old.task_id)).task.sender).toBe('slow');
  expect(await driftOfTotals()).toEqual([]);
});

test('a task with two attempts is stolen no more, and goes on with one when the other gives up', async () => {
  const { world, slow, idle, lease, old } = await stolen();
  await pass(world, 2 * STEAL_MIN_MS, [
    [slow, [old]],
    [idle, [lease]],
  ]);
  const third = await world.agent('send', { name: 'third' });
  expect(await third.send()).toEqual([]);

  for (const again of [1, 2]) {
    expect(outcomes(await idle.fail([lease], 'retry')), String(again)).toEqual(['ok']);
  }
  expect((await world.explain(old.task_id)).task).toMatchObject({
    state: 'uploading',
    attempts: 1,
  });
  expect((await slow.heartbeat([old])).lost).toEqual([]);
  expect((await idle.heartbeat([lease])).lost).toEqual([lease.task_id]);
  // Only one attempt is left, so a third agent may try.
  const [next] = await third.send();
  expect(next).toMatchObject({ task_id: old.task_id, lease_epoch: world.now });
  for (const again of [1, 2]) {
    expect(outcomes(await slow.release([old])), String(again)).toEqual(['ok']);
  }
  expect(outcomes(await third.complete([next as Lease]))).toEqual(['ok']);
  expect(await driftOfTotals()).toEqual([]);
});

test('when both give up the task is pending again, under a fresh epoch', async () => {
  const { slow, idle, lease, old } = await stolen();
  for (const [agent, own] of [
    [idle, lease],
    [slow, old],
  ] as const) {
    for (const again of [1, 2]) {
      expect(outcomes(await agent.release([own])), String(again)).toEqual(['ok']);
    }
  }
  expect(await driftOfTotals()).toEqual([]);
  const [next] = await idle.send();
  expect(next?.lease_epoch).toBe(lease.lease_epoch + 1);
});

test('a session that expires or ends gives up its attempt only', async () => {
  const { world, slow, idle, lease, old } = await stolen();
  await pass(world, LEASE_MS + 1, [[slow, [old]]]);
  const third = await world.agent('send', { name: 'third' });
  await third.send({ max_tasks: 1, zones: ['/elsewhere'] });
  expect((await slow.heartbeat([old])).lost).toEqual([]);
  expect(outcomes(await idle.complete([lease]))).toEqual(['lease_stale']);
  await slow.end();
  const [next] = await third.send();
  expect(next?.lease_epoch).toBe(world.now);
  expect(await driftOfTotals()).toEqual([]);
});

test('a steal whose answer got lost is answered again, and else taken back', async () => {
  const { world, slow, idle, held } = await endgame();
  await pass(world, STEAL_MIN_MS, [
    [slow, held],
    [idle, []],
  ]);
  const request = idle.request('send');
  const { leases } = await idle.take(request);
  expect(leases).toHaveLength(1);
  const before = await dump();
  expect((await idle.take(request)).leases).toEqual(leases);
  expect(await dump()).toBe(before);
  await pass(world, LEASE_MS, [
    [slow, held],
    [idle, []],
  ]);
  expect(outcomes(await idle.complete(leases))).toEqual(['lease_stale']);
  expect(outcomes(await slow.complete(held))).toEqual(['ok']);
  expect(await driftOfTotals()).toEqual([]);
});

test('never steals past the window', async () => {
  const { world, job, slow, idle, held } = await endgame({ slices: 3, windowBytes: 450 });
  await pass(world, STEAL_MIN_MS, [
    [slow, held],
    [idle, []],
  ]);
  const leases = await idle.send();
  expect(leases).toHaveLength(1);
  expect(leases[0]?.task_id).toBe(held[2]?.task_id);
  expect((await world.job(job)).window_used_bytes).toBe(400);
});

test('a file that fails or a job that is cancelled ends both attempts', async () => {
  const { world, job, slow, idle, lease, old } = await stolen();
  await world.control(job, 'cancel');
  expect(outcomes(await idle.complete([lease]))).toEqual(['lease_stale']);
  expect(outcomes(await slow.complete([old]))).toEqual(['lease_stale']);
  expect(await driftOfTotals()).toEqual([]);
  expect((await world.job(job)).window_used_bytes).toBe(200);
  world.now += LEASE_MS;
  const receiver = await world.agent('recv');
  expect((await receiver.takeGarbage()).sort()).toEqual([old.object_key, lease.object_key].sort());
});

test('a permanent failure of one attempt fails the file', async () => {
  const { world, job, slow, idle, lease, old } = await stolen();
  expect(outcomes(await slow.fail([old], 'permanent'))).toEqual(['ok']);
  expect((await idle.heartbeat([lease])).lost).toEqual([lease.task_id]);
  expect((await world.job(job)).files.failed.count).toBe(1);
  expect(await driftOfTotals()).toEqual([]);
});
