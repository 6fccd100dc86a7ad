// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear } from '../testing/dump';
import { data, errorsOf, index, names, Pair, shard, submitted, taskOf } from '../testing/groups';
import { driftOfTotals } from '../testing/recount';
import { outcomes, World } from '../testing/world';

/** What fails, starts again, dies or is cancelled, and what that does to its publish group. */

const LEASE_MS = 180_000;
const DOMAIN_TIMEOUT_MS = 1_800_000;

beforeEach(clear);

test('fails an index whose data failed; a retry of the data brings both back', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [data('blob_0'), index('blob_0')]);
  await pair.stage('blob_0.idx');
  await pair.fail('blob_0.bin');
  const over = await world.job(job);
  expect([over.state, over.files.failed.count]).toEqual(['done', 2]);
  expect(await errorsOf(world, job)).toEqual({
    'blob_0.bin': 'test_reason: a test made it fail',
    'blob_0.idx':
      'not placed: blob_0.bin of its publish group failed: test_reason: a test made it fail',
  });
  expect(await world.explain(await taskOf('blob_0.idx'))).toMatchObject({
    reason: 'failed',
    detail:
      'The slice is moved, but its file failed: not placed: blob_0.bin of its publish group failed: test_reason: a test made it fail.',
  });
  expect(await driftOfTotals()).toEqual([]);

  const back = await world.retry(job, [await taskOf('blob_0.bin')]);
  expect([back.state, back.files.transferring.count, back.files.placing.count]).toEqual([
    'active',
    1,
    1,
  ]);
  await pair.upload();
  await pair.stage('blob_0.bin');
  expect(await pair.place()).toEqual(['blob_0.bin']);
  expect(await pair.place()).toEqual(['blob_0.idx']);
  expect((await world.job(job)).state).toBe('done');
});

test('an index that comes after its data failed fails too, and the job ends', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [data('blob_0'), index('blob_0')]);
  await pair.fail('blob_0.bin');
  expect((await world.job(job)).state).toBe('active');
  await pair.stage('blob_0.idx');
  const over = await world.job(job);
  expect([over.state, over.files.failed.count]).toEqual(['done', 2]);
  // Asked for the index alone: its data comes back with it, or it could not be placed.
  const back = await world.retry(job, [await taskOf('blob_0.idx')]);
  expect(back.files.failed.count).toBe(0);
});

test('data is placed although its index failed', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [data('blob_0'), index('blob_0')]);
  await pair.fail('blob_0.idx');
  await pair.stage('blob_0.bin');
  expect(await pair.place()).toEqual(['blob_0.bin']);
  const over = await world.job(job);
  expect([over.state, over.files.failed.count, over.files.done.count]).toEqual(['done', 1, 1]);
  await world.retry(job);
  await pair.upload();
  await pair.stage('blob_0.idx');
  expect(await pair.place()).toEqual(['blob_0.idx']);
});

test('a map version with a failed file is not placed; the others are staged for a retry', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [shard(0), shard(1), shard(2), shard(3)]);
  await pair.stage('c2pFullV.0');
  await pair.fail('c2pFullV.1');
  expect((await world.job(job)).files.failed.count).toBe(2);
  await pair.stage('c2pFullV.2', 'c2pFullV.3');
  expect(await pair.place()).toEqual([]);
  expect((await world.job(job)).state).toBe('done');
  const because =
    'not placed: c2pFullV.1.tch of its publish group failed: test_reason: a test made it fail';
  expect(await errorsOf(world, job)).toMatchObject({
    'c2pFullV.0.tch': because,
    'c2pFullV.2.tch': because,
    'c2pFullV.3.tch': because,
  });
  expect(await driftOfTotals()).toEqual([]);

  const back = await world.retry(job, [await taskOf('c2pFullV.1.tch')]);
  expect([back.files.transferring.count, back.files.placing.count]).toEqual([1, 3]);
  expect(await pair.place()).toEqual([]);
  await pair.upload();
  await pair.stage('c2pFullV.1');
  expect(await pair.place()).toHaveLength(4);
  expect((await world.job(job)).state).toBe('done');
});

test('a file that fails while its version is placed keeps back those that were not taken', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [shard(0), shard(1), shard(2), shard(3)]);
  await pair.stage('c2pFullV.0', 'c2pFullV.1', 'c2pFullV.2', 'c2pFullV.3');
  const [first, second, third] = await pair.receiver.takePlacing(undefined, 3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  await pair.receiver.placed([first], 'failed');
  expect((await world.job(job)).files.failed.count).toBe(2);
  // Those that are taken end as their holders say; what comes back is kept back.
  await pair.receiver.placed([second]);
  expect(outcomes(await pair.receiver.placed([third], 'release'))).toEqual(['ok']);
  expect(outcomes(await pair.receiver.placed([third], 'release'))).toEqual(['ok']);
  const over = await world.job(job);
  expect([over.state, over.files.failed.count, over.files.done.count]).toEqual(['done', 3, 1]);
  await world.retry(job);
  expect(await pair.place()).toHaveLength(3);
  expect(await driftOfTotals()).toEqual([]);
});

test('a file that starts again holds its version back again', async () => {
  const world = new World();
  const { pair } = await submitted(world, [shard(0), shard(1), shard(2)]);
  await pair.stage('c2pFullV.0', 'c2pFullV.1', 'c2pFullV.2');
  const [first, second] = await pair.receiver.takePlacing(undefined, 2);
  if (first === undefined || second === undefined) throw new Error('nothing to place');
  await pair.receiver.placed([first], 'restart');
  expect(await pair.look()).toEqual([]);
  await pair.receiver.placed([second], 'release');
  expect(await pair.look()).toEqual([]);
  await pair.upload();
  await pair.stage(first.virtual_path);
  expect(await pair.place()).toHaveLength(3);
});

test('a placing whose agent died goes to another one, with its group as it was', async () => {
  const world = new World();
  const { pair } = await submitted(world, [shard(0), shard(1), data('b'), index('b')]);
  await pair.stage('c2pFullV.0', 'c2pFullV.1', 'b.bin', 'b.idx');
  expect(await pair.placeable()).toHaveLength(3);
  world.now += LEASE_MS + 1;
  const other = await world.agent('recv', { domain: 'd' });
  const again = await other.takePlacing();
  expect(names(again)).toEqual(['b.bin', 'c2pFullV.0.tch', 'c2pFullV.1.tch']);
  await other.placed(again);
  expect(names(await other.takePlacing())).toEqual(['b.idx']);
});

test('a version in two domains waits while what a lost domain held is staged again', async () => {
  const world = new World();
  await world.submit({}, [shard(0), shard(1)]);
  const sender = await world.agent('send');
  await sender.complete(await sender.send());
  const here = await world.agent('recv', { domain: 'd' });
  await here.complete(await here.recv({ max_tasks: 3 }));
  const lost = await world.agent('recv', { domain: 'lost' });
  await lost.complete(await lost.recv());
  const taken = await lost.takePlacing();
  expect(names(taken)).toEqual(['c2pFullV.1.tch']);
  await lost.placed(taken, 'release');
  world.now += DOMAIN_TIMEOUT_MS + LEASE_MS;
  const alive = await world.agent('both', { domain: 'd' });
  await alive.recv();
  expect(await alive.takePlacing()).toEqual([]);
  await alive.complete(await alive.send());
  await alive.complete(await alive.recv());
  expect(names(await alive.takePlacing())).toEqual(['c2pFullV.0.tch', 'c2pFullV.1.tch']);
});

test('cancels held files, and a retry brings the group back as it was', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [shard(0), shard(1), data('b'), index('b')]);
  await pair.stage('c2pFullV.0', 'b.idx');
  const cancelled = await world.control(job, 'cancel');
  expect([cancelled.state, cancelled.files.failed.count]).toEqual(['done', 4]);
  expect(new Set(Object.values(await errorsOf(world, job)))).toEqual(
    new Set(['cancelled by the operator']),
  );
  await world.retry(job);
  expect(await pair.place()).toEqual([]);
  world.now += 1;
  const other = await Pair.of(world);
  await other.upload();
  await other.stage('c2pFullV.1', 'b.bin');
  expect(await other.place()).toEqual(['b.bin', 'c2pFullV.0.tch', 'c2pFullV.1.tch']);
  expect(await other.place()).toEqual(['b.idx']);
  expect(await driftOfTotals()).toEqual([]);
});
