// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, type Agent } from '../testing/world';
import type { Lease } from '../../src/generated/messages';

/** One state of the source: stamps, hosts with other copies, and the proof of files that changed. */

beforeEach(clear);

const STAMP = '300:1000:1000:7';
const GROWN = '~400:2000:2000:7';
const REWRITTEN = '300:2000:2000:7';
const OTHER_COPY = '300:1000:1000:8';

async function complete(agent: Agent, leases: readonly Lease[], stamp: string | null) {
  return outcomes(await agent.complete(leases, stamp));
}

/** Three slices in a window of one, so that they are handed out one after the other. */
async function begin(world: World): Promise<Agent> {
  await world.submit({ windowBytes: 100 }, [planned('s.bin', { size_bytes: 300 })]);
  return world.agent('send');
}

async function receive(receiver: Agent): Promise<void> {
  await receiver.complete(await receiver.recv());
  await receiver.deleted(await receiver.takeGarbage());
}

/** Returns the last task. */
async function moveAll(sender: Agent, receiver: Agent, stamps: readonly string[]): Promise<string> {
  let last = '';
  for (const stamp of stamps) {
    const leases = await sender.send();
    await sender.complete(leases, stamp);
    await receive(receiver);
    last = leases[0]?.task_id ?? '';
  }
  return last;
}

test('tells who takes a slice what the source was at the first', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  const first = await sender.send();
  expect(first.map(({ source_stamp }) => source_stamp)).toEqual([null]);
  await complete(sender, first, STAMP);
  await receive(receiver);
  const second = await sender.send();
  expect(second.map(({ source_stamp }) => source_stamp)).toEqual([STAMP]);
});

test('places at once what was read from one settled state', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(sender, receiver, [STAMP, STAMP, STAMP]);
  expect(await sender.takeProving()).toEqual([]);
  expect(await receiver.takePlacing()).toHaveLength(1);
});

test.each([
  ['grew', [STAMP, GROWN, GROWN]],
  ['may have changed unseen', [`~${STAMP}`, `~${STAMP}`, `~${STAMP}`]],
  ['had its time put back', [STAMP, '300:1000:3000:7', STAMP]],
])('has the slices of a file that %s read once more before it is placed', async (_, stamps) => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  const task = await moveAll(sender, receiver, stamps);
  expect(await receiver.takePlacing()).toEqual([]);
  expect((await world.explain(task)).detail).toContain('reads the slices once more');

  const proving = await sender.takeProving();
  expect(proving).toMatchObject([{ source_path: '/da5_data/s.bin', source_stamp: stamps[0] }]);
  expect(await sender.takeProving()).toEqual([]);
  const pages = [await sender.slices(proving, null, 2), await sender.slices(proving, 1, 2)];
  expect(pages.map(({ next }) => next)).toEqual([1, null]);
  const slices = pages.flatMap((page) => page.slices);
  expect(slices.map(({ offset_bytes }) => offset_bytes)).toEqual([0, 100, 200]);
  expect(slices.map(({ source_stamp }) => source_stamp)).toEqual(stamps);

  expect(outcomes(await sender.proved(proving, 'proved'))).toEqual(['ok']);
  expect(outcomes(await sender.proved(proving, 'proved'))).toEqual(['ok']);
  expect(outcomes(await receiver.placed(await receiver.takePlacing()))).toEqual(['ok']);
  expect((await world.status()).files.done.count).toBe(1);
  expect(await driftOfTotals()).toEqual([]);
});

test('fails a file whose slices were not one state, and proves it anew when it is retried', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(sender, receiver, [STAMP, GROWN, GROWN]);
  expect(outcomes(await sender.proved(await sender.takeProving(), 'changed'))).toEqual(['ok']);
  const [job] = (await world.status()).jobs;
  expect(job).toMatchObject({ state: 'done', files: { failed: { count: 1 } } });
  await world.retry(job?.job_id ?? '');
  expect(await receiver.takePlacing()).toEqual([]);
  expect(await sender.takeProving()).toMatchObject([{ source_stamp: null }]);
  expect(await driftOfTotals()).toEqual([]);
});

test('fails a file at the first slice that is read from another state', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(sender, receiver, [STAMP]);
  const second = await sender.send();
  expect(await complete(sender, second, REWRITTEN)).toEqual(['lease_stale']);
  const explained = await world.explain(second[0]?.task_id ?? '');
  expect(explained).toMatchObject({ reason: 'failed' });
  expect(explained.detail).toContain('source_changed: ');
  expect(await driftOfTotals()).toEqual([]);
});

test('leaves a file to a host that has what its slices are from, and fails it where there is none', async () => {
  const world = new World();
  const first = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(first, receiver, [STAMP]);
  const second = await world.agent('send');
  expect(outcomes(await second.fail(await second.send(), 'source_other'))).toEqual(['ok']);
  await receiver.deleted(await receiver.takeGarbage());
  expect(await second.send()).toEqual([]);
  await moveAll(first, receiver, [STAMP]);
  await first.end();
  const third = await world.agent('send');
  expect(outcomes(await third.fail(await third.send(), 'source_other'))).toEqual(['ok']);
  expect((await world.status()).jobs[0]?.files.failed.count).toBe(1);
  expect(await driftOfTotals()).toEqual([]);
});

test('offers a slice to others when the copy of the host is another one', async () => {
  const world = new World();
  const first = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(first, receiver, [STAMP]);
  const second = await world.agent('send');
  const taken = await second.send();
  expect(await complete(second, taken, OTHER_COPY)).toEqual(['lease_stale']);
  await receiver.deleted(await receiver.takeGarbage());
  expect(await second.send()).toEqual([]);
  expect(await complete(first, await first.send(), STAMP)).toEqual(['ok']);
  await receive(receiver);
  await moveAll(first, receiver, [STAMP]);
  expect(await receiver.takePlacing()).toHaveLength(1);
  expect(await driftOfTotals()).toEqual([]);
});

test('proves a file on another host when one has another copy, and fails it where there is none', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(sender, receiver, [STAMP, GROWN, GROWN]);
  const other = await world.agent('send');
  expect(outcomes(await other.proved(await other.takeProving(), 'other'))).toEqual(['ok']);
  expect(await other.takeProving()).toEqual([]);
  const proving = await sender.takeProving();
  expect(proving).toHaveLength(1);
  expect(outcomes(await other.proved(proving, 'proved'))).toEqual(['lease_stale']);
  expect(outcomes(await sender.proved(proving, 'other'))).toEqual(['ok']);
  expect((await world.status()).jobs[0]?.files.failed.count).toBe(1);
});

test('gives slices of a file only to who proves it', async () => {
  const world = new World();
  const sender = await begin(world);
  const receiver = await world.agent('recv');
  await moveAll(sender, receiver, [STAMP, GROWN, GROWN]);
  const proving = await sender.takeProving();
  const body = { file_id: proving[0]?.file_id, lease_epoch: 1, after: null, limit: 10 };
  const ask = (session: string) =>
    world.problem('POST', '/v1/files/slices', { body: { session_id: session, ...body } });
  const other = await world.agent('send');
  expect((await ask(other.sessionId)).type).toContain('lease_stale');
  await sender.proved(proving, 'proved');
  expect((await ask(sender.sessionId)).type).toContain('lease_stale');
});

test('holds a publish group back until all of its files are proved', async () => {
  const world = new World();
  const group = { publish_group: 'g', size_bytes: 100 };
  await world.submit({}, [planned('a.bin', group), planned('b.bin', group)]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const [a, b] = await sender.send();
  if (a === undefined || b === undefined) throw new Error('no leases');
  await complete(sender, [a], '100:1:1:1');
  await complete(sender, [b], '~100:1:1:2');
  await receive(receiver);
  expect(await receiver.takePlacing()).toEqual([]);
  await sender.proved(await sender.takeProving(), 'proved');
  expect(await receiver.takePlacing()).toHaveLength(2);
});

test('writes one row a file for its stamp, and none for one of a single slice', async () => {
  const world = new World();
  await world.submit({}, [
    planned('m.bin', { size_bytes: 300 }),
    planned('one.bin', { size_bytes: 50 }),
  ]);
  const sender = await world.agent('send');
  const leases = await sender.send();
  const rowsOf = async (some: Lease[], stamp: string | null) => {
    world.meter.reset();
    expect(await complete(sender, some, stamp)).toEqual(some.map(() => 'ok'));
    return world.meter.rowsWritten;
  };
  const [one] = leases.filter(({ length_bytes }) => length_bytes === 50);
  const many = leases.filter(({ length_bytes }) => length_bytes === 100);
  if (one === undefined) throw new Error('no lease');
  const single = await rowsOf([one], '50:1:1:1');
  expect(await rowsOf(many.slice(0, 1), STAMP)).toBe(single + 1);
  expect(await rowsOf(many.slice(1, 2), STAMP)).toBe(single);
});
