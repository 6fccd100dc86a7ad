// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import type { PlannedFile } from '../../src/generated/messages';
import { clear } from '../testing/dump';
import { data, errorsOf, index, names, shard, submitted, taskOf } from '../testing/groups';
import { driftOfTotals } from '../testing/recount';
import { newJobId, planned, World } from '../testing/world';

beforeEach(clear);

test('places an index only after its data, which waits for nothing', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [index('blob_0'), data('blob_0'), index('blob_1')]);
  await pair.stage('blob_0.idx');
  expect(await pair.place()).toEqual([]);
  await pair.stage('blob_0.bin');
  const [bin] = await pair.placeable();
  if (bin === undefined) throw new Error('no data to place');
  expect(bin.virtual_path).toBe('blob_0.bin');
  expect(await pair.place()).toEqual([]);
  await pair.receiver.placed([bin]);
  expect(await pair.place()).toEqual(['blob_0.idx']);
  // Data that the destination has already is not in the plan.
  await pair.stage('blob_1.idx');
  expect(await pair.place()).toEqual(['blob_1.idx']);
  expect((await world.job(job)).state).toBe('done');
});

test('hands out the files of a map version when the last of them is staged', async () => {
  const world = new World();
  const files = [0, 1, 2, 3].map((no) => shard(no));
  const { job, pair } = await submitted(world, [...files, planned('alone.tch')]);
  await pair.stage('c2pFullV.0', 'c2pFullV.1', 'c2pFullV.2', 'alone');
  expect(await pair.place()).toEqual(['alone.tch']);
  await pair.stage('c2pFullV.3');
  const other = await world.agent('recv', { domain: 'd' });
  const some = await other.takePlacing(undefined, 1);
  const rest = await pair.placeable();
  expect(names([...some, ...rest])).toEqual(files.map((file) => file.virtual_path));
  await other.placed(some);
  await pair.receiver.placed(rest);
  expect((await world.job(job)).state).toBe('done');
  expect(await driftOfTotals()).toEqual([]);
});

test('appended data and index keep the order too', async () => {
  const world = new World();
  const grown = { mode: 'append', target_size_bytes: 100, target_path: '/t/x' } as const;
  const { pair } = await submitted(world, [data('blob_0', grown), index('blob_0', grown)]);
  await pair.stage('blob_0.idx');
  expect(await pair.look()).toEqual([]);
  await pair.stage('blob_0.bin');
  expect(await pair.place()).toEqual(['blob_0.bin']);
  expect(await pair.place()).toEqual(['blob_0.idx']);
});

test('places nothing of a group before the seal: its other files may still come', async () => {
  const world = new World();
  const jobId = newJobId();
  const add = (files: PlannedFile[]) =>
    world.call('BatchReply', 'POST', `/v1/jobs/${jobId}/files`, { body: { files } });
  const { pair } = await submitted(world, []);
  await world.submit({ jobId }, [index('blob_0'), shard(0), planned('alone.tch')], false);
  await pair.upload();
  await pair.stage('blob_0.idx', 'c2pFullV.0', 'alone');
  expect(await pair.place()).toEqual(['alone.tch']);
  await add([data('blob_0'), shard(1)]);
  const held = await world.explain(await taskOf('c2pFullV.0.tch'));
  expect(held).toMatchObject({
    reason: 'held',
    detail: 'All slices are in domain d. Publish group map/c2p/V waits for the seal of its job.',
  });
  await world.call('JobStatus', 'POST', `/v1/jobs/${jobId}/seal`, { body: { file_count: 5 } });
  expect(await pair.look()).toEqual([]);
  await pair.upload();
  await pair.stage('c2pFullV.1');
  expect(await pair.place()).toEqual(['c2pFullV.0.tch', 'c2pFullV.1.tch']);
  await pair.stage('blob_0.bin');
  expect(await pair.place()).toEqual(['blob_0.bin']);
  expect(await pair.place()).toEqual(['blob_0.idx']);
  expect((await world.job(jobId)).state).toBe('done');
});

test('lets a complete group go at the seal', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [shard(0), shard(1), data('b'), index('b')], false);
  await pair.stage('c2pFullV.0', 'c2pFullV.1', 'b.bin', 'b.idx');
  expect(await pair.look()).toEqual([]);
  await world.call('JobStatus', 'POST', `/v1/jobs/${job}/seal`, { body: { file_count: 4 } });
  expect(await pair.place()).toEqual(['b.bin', 'c2pFullV.0.tch', 'c2pFullV.1.tch']);
  expect(await pair.place()).toEqual(['b.idx']);
});

test('a paused job hands out nothing of its groups; resumed, all', async () => {
  const world = new World();
  const { job, pair } = await submitted(world, [shard(0), shard(1)]);
  await pair.stage('c2pFullV.0', 'c2pFullV.1');
  await world.control(job, 'pause');
  expect(await pair.look()).toEqual([]);
  await world.control(job, 'resume');
  expect(await pair.place()).toHaveLength(2);
});

test('explains what a staged file waits for', async () => {
  const world = new World();
  const { pair } = await submitted(world, [shard(0), shard(1), shard(2), data('b'), index('b')]);
  await pair.stage('c2pFullV.1', 'b.idx');
  const detail = async (path: string) => {
    const found = await world.explain(await taskOf(path));
    expect(found.reason).toBe('held');
    return found.detail;
  };
  expect(await detail('c2pFullV.1.tch')).toBe(
    'All slices are in domain d. Publish group map/c2p/V waits for 2 more; the first is c2pFullV.0.tch, transferring.',
  );
  expect(await detail('b.idx')).toContain('waits for 1 more; the first is b.bin, transferring');
  await pair.stage('b.bin');
  expect(await detail('b.idx')).toContain('the first is b.bin, placing');
  await pair.place();
  expect((await world.explain(await taskOf('b.idx'))).reason).toBe('placing');
});

test('a recount lets go, holds and fails staged files as their groups say', async () => {
  const world = new World();
  const files = [shard(0), shard(1), data('b'), index('b'), data('c'), index('c')];
  const { job, pair } = await submitted(world, files);
  await pair.stage('c2pFullV.0', 'b.bin', 'b.idx', 'c.idx');
  const recount = () => world.call('RecountReport', 'POST', '/v1/admin/recount');
  expect(await recount()).toEqual({ jobs: 1, repaired: [], problems: [], next: null });
  await env.DB.batch([
    env.DB.prepare("UPDATE files SET held = 0 WHERE planned_path = 'c2pFullV.0.tch'"),
    env.DB.prepare("UPDATE files SET held = 1 WHERE planned_path = 'b.bin'"),
    env.DB.prepare("UPDATE files SET state = 'failed' WHERE planned_path = 'c.bin'"),
  ]);
  const { repaired } = await recount();
  expect(repaired.at(-1)).toContain(': 3 staged files were not as their groups say');
  expect(await errorsOf(world, job)).toHaveProperty('c.idx');
  expect(await pair.place()).toEqual(['b.bin']);
  expect(await driftOfTotals()).toEqual([]);
  expect((await recount()).repaired).toEqual([]);
});

test('agents that say nothing of groups agree with those that do; other groups are a conflict', async () => {
  const world = new World();
  const { job } = await submitted(world, [index('b')], false);
  const again = async (file: PlannedFile) => {
    const reply = await world.call('BatchReply', 'POST', `/v1/jobs/${job}/files`, {
      body: { files: [file] },
    });
    const [result] = reply.results;
    return result?.problem?.detail ?? result?.outcome;
  };
  expect(await again(index('b'))).toBe('ok');
  expect(await again(planned('b.idx'))).toBe('ok');
  expect(await again(index('b', { publish_order: 2 }))).toContain('publish_order');
  expect(await again(index('b', { publish_group: null, publish_order: null }))).toContain(
    'publish_group',
  );
  expect(await again(planned('c.idx', { publish_order: 1 }))).toContain('no publish_group');
});

test('takes and reports cost the same among 300 held files as among few', async () => {
  const rows = async (files: number) => {
    await clear();
    const world = new World();
    const many = Array.from({ length: files }, (_, no) => shard(no, { size_bytes: 10 }));
    const { pair } = await submitted(world, many);
    const last = `c2pFullV.${files - 1}.`;
    for (let no = 0; no < files - 2; no++) await pair.stage(`c2pFullV.${no}.`);
    const cost = async (call: () => Promise<unknown>) => {
      world.meter.reset();
      await call();
      return { read: world.meter.rowsRead, written: world.meter.rowsWritten };
    };
    const staged = await cost(() => pair.stage(`c2pFullV.${files - 2}.`));
    const looked = await cost(() => pair.placeable());
    await pair.stage(last);
    const [file] = await pair.receiver.takePlacing(undefined, 1);
    if (file === undefined) throw new Error('nothing to place');
    const placed = await cost(() => pair.receiver.placed([file]));
    return { staged, looked, placed };
  };
  const few = await rows(10);
  const many = await rows(300);
  for (const call of ['staged', 'looked', 'placed'] as const) {
    expect.soft(many[call].read, call).toBeLessThanOrEqual(few[call].read + 20);
    expect.soft(many[call].written, call).toBe(few[call].written);
  }
}, 60_000);
