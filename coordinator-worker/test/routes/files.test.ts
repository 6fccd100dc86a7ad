// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { newJobId, outcomes, planned, World, type Agent } from '../testing/world';
import type { PlannedFile } from '../../src/generated/messages';

const LEASE_MS = 180_000;

beforeEach(clear);

const grown = (name: string, options: Partial<PlannedFile> = {}): PlannedFile =>
  planned(name, {
    mode: 'unresolved',
    size_bytes: 250,
    target_size_bytes: 120,
    target_digest: '0123456789abcdef',
    target_path: `/target/${name}`,
    ...options,
  });

/** Moves all slices that there are now into the receiver's staging. */
async function stage(sender: Agent, receiver: Agent): Promise<void> {
  await sender.complete(await sender.send());
  await receiver.complete(await receiver.recv());
}

test('resolves a grown file to its tail, and a changed one to the whole', async () => {
  const world = new World();
  const job = await world.submit({}, [
    grown('g.bin'),
    grown('changed.bin'),
    grown('same.bin', { target_size_bytes: 250 }),
  ]);
  expect(job.files.unresolved).toEqual({ count: 3, bytes: 750 });
  expect(job.tasks.pending.count).toBe(0);
  const sender = await world.agent('send');
  expect(await sender.send()).toEqual([]);
  const found = await sender.takeResolving('resolve-1');
  expect(found).toHaveLength(3);
  expect(found[0]).toMatchObject({
    virtual_path: 'g.bin',
    lease_epoch: world.now,
    target_size_bytes: 120,
    target_digest: '0123456789abcdef',
  });
  const before = await dump();
  expect(await sender.takeResolving('resolve-1')).toEqual(found);
  expect(await sender.takeResolving()).toEqual([]);
  expect(await dump()).toBe(before);
  const [g, changed, same] = found;
  if (g === undefined || changed === undefined || same === undefined) throw new Error('no files');
  expect(outcomes(await sender.resolved([g, same], 'append'))).toEqual(['ok', 'ok']);
  expect(outcomes(await sender.resolved([changed], 'full'))).toEqual(['ok']);
  const resolved = await dump();
  expect(outcomes(await sender.resolved([g, same], 'append'))).toEqual(['ok', 'ok']);
  expect(outcomes(await sender.resolved([changed], 'append'))).toEqual(['lease_stale']);
  expect(await dump()).toBe(resolved);

  const leases = await sender.send();
  expect(
    leases.map((lease) => [lease.virtual_path, lease.mode, lease.offset_bytes, lease.length_bytes]),
  ).toEqual([
    ['changed.bin.slice.00000', 'full', 0, 100],
    ['changed.bin.slice.00001', 'full', 100, 100],
    ['changed.bin.slice.00002', 'full', 200, 50],
    ['g.bin.offset.120.slice.00000', 'append', 120, 100],
    ['g.bin.offset.120.slice.00001', 'append', 220, 30],
    ['same.bin.offset.250', 'append', 250, 0],
  ]);
  expect(leases[3]).toMatchObject({ transfer_offset_bytes: 120, target_path: '/target/g.bin' });
  expect((await world.job(job.job_id)).files.transferring).toEqual({ count: 3, bytes: 380 });
  expect(await driftOfTotals()).toEqual([]);
});

test('offers a prefix check to another host when one can not reach the file', async () => {
  const world = new World();
  const job = await world.submit({}, [grown('r.bin')]);
  const blind = await world.agent('send');
  const other = await world.agent('send');
  const found = await blind.takeResolving();
  expect(outcomes(await blind.resolved(found, 'unreachable'))).toEqual(['ok']);
  expect(outcomes(await blind.resolved(found, 'unreachable'))).toEqual(['ok']);
  expect(await blind.takeResolving()).toEqual([]);
  const again = await other.takeResolving();
  expect(again.map((file) => file.lease_epoch)).toEqual([world.now + 1]);
  expect(outcomes(await blind.resolved(found, 'full'))).toEqual(['lease_stale']);
  expect(outcomes(await other.resolved(again, 'failed'))).toEqual(['ok']);
  expect(outcomes(await other.resolved(again, 'failed'))).toEqual(['ok']);
  expect(await world.job(job.job_id)).toMatchObject({
    state: 'done',
    files: { failed: { count: 1, bytes: 250 } },
  });
  expect(await driftOfTotals()).toEqual([]);
});

test('takes prefix checks and placings of an expired session back', async () => {
  const world = new World();
  await world.submit({}, [grown('r.bin'), planned('p.bin')]);
  const dead = await world.agent('both', { domain: 'd' });
  await stage(dead, dead);
  const resolving = await dead.takeResolving();
  const placing = await dead.takePlacing();
  expect([resolving.length, placing.length]).toEqual([1, 1]);
  world.now += LEASE_MS;
  const heir = await world.agent('both', { domain: 'd' });
  expect((await heir.takeResolving()).map((file) => file.lease_epoch)).toEqual([world.now]);
  const again = await heir.takePlacing();
  expect(again.map((file) => file.lease_epoch)).toEqual([world.now]);
  expect(outcomes(await dead.placed(placing))).toEqual(['lease_stale']);
  expect(outcomes(await dead.resolved(resolving, 'full'))).toEqual(['lease_stale']);
  expect(outcomes(await heir.placed(again))).toEqual(['ok']);
});

test('offers a prefix check again that was taken and never reported', async () => {
  const world = new World();
  await world.submit({}, [grown('r.bin')]);
  const sender = await world.agent('send');
  const forgotten = await sender.takeResolving();
  world.now += LEASE_MS - 1;
  await sender.heartbeat();
  expect(await sender.takeResolving()).toEqual([]);
  world.now += 1;
  await sender.heartbeat();
  const again = await sender.takeResolving();
  expect(again.map((file) => file.lease_epoch)).toEqual([world.now]);
  expect(outcomes(await sender.resolved(forgotten, 'full'))).toEqual(['lease_stale']);
  expect(outcomes(await sender.resolved(again, 'full'))).toEqual(['ok']);
});

test('hands placing to the domain that has the slices, once', async () => {
  const world = new World();
  await world.submit({}, [planned('p.bin', { source_digest: 'fedcba9876543210' })]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv', { domain: 'a' });
  const elsewhere = await world.agent('recv', { domain: 'b' });
  await stage(sender, receiver);
  expect(await elsewhere.takePlacing()).toEqual([]);
  const files = await receiver.takePlacing('placing-1');
  expect(files).toHaveLength(1);
  expect(files[0]).toMatchObject({ size_bytes: 250, source_digest: 'fedcba9876543210' });
  expect(files[0]?.slices.map((slice) => [slice.offset_bytes, slice.length_bytes])).toEqual([
    [0, 100],
    [100, 100],
    [200, 50],
  ]);
  const before = await dump();
  expect(await receiver.takePlacing('placing-1')).toEqual(files);
  expect(await receiver.takePlacing()).toEqual([]);
  expect(await dump()).toBe(before);
  expect(outcomes(await receiver.placed(files, 'release'))).toEqual(['ok']);
  expect(outcomes(await receiver.placed(files, 'release'))).toEqual(['ok']);
  const again = await receiver.takePlacing();
  expect(again.map((file) => file.lease_epoch)).toEqual([world.now + 1]);
  expect(outcomes(await receiver.placed(files))).toEqual(['lease_stale']);
  expect(outcomes(await receiver.placed(again))).toEqual(['ok']);
  const done = await dump();
  expect(outcomes(await receiver.placed(again))).toEqual(['ok']);
  expect(outcomes(await receiver.placed([{ file_id: '77777777', lease_epoch: 1 }]))).toEqual([
    'file_unknown',
  ]);
  expect(await dump()).toBe(done);
});

test('restarts a file whose staging is lost, with growing epochs, until the limit', async () => {
  const world = new World();
  const job = await world.submit({}, [planned('p.bin')]);
  const sender = await world.agent('send');
  const a = await world.agent('recv', { domain: 'a' });
  const b = await world.agent('recv', { domain: 'b' });
  const keys = new Set<string>();
  for (let life = 1; life <= 5; life++) {
    const receiver = life % 2 === 0 ? a : b;
    const sent = await sender.send();
    expect(sent).toHaveLength(3);
    for (const lease of sent) keys.add(lease.object_key);
    expect(keys.size).toBe(3 * life);
    await sender.complete(sent);
    await receiver.complete(await receiver.recv());
    const files = await receiver.takePlacing();
    expect(outcomes(await receiver.placed(files, 'restart'))).toEqual(['ok']);
    const before = await dump();
    expect(outcomes(await receiver.placed(files, 'restart'))).toEqual(['ok']);
    expect(await dump()).toBe(before);
    expect(await driftOfTotals()).toEqual([]);
  }
  expect((await world.job(job.job_id)).files.failed.count).toBe(1);
  await a.deleted(await a.takeGarbage());
  expect((await world.job(job.job_id)).window_used_bytes).toBe(0);
});

test('a file that can not be placed fails; the job ends', async () => {
  const world = new World();
  const job = await world.submit({}, [planned('p.bin')]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  await stage(sender, receiver);
  const files = await receiver.takePlacing();
  expect(outcomes(await receiver.placed(files, 'failed'))).toEqual(['ok']);
  expect(await world.job(job.job_id)).toMatchObject({
    state: 'done',
    tasks: { downloaded: { count: 3 }, failed: { count: 0 } },
    files: { failed: { count: 1 } },
  });
  expect(await driftOfTotals()).toEqual([]);
});

test('takes the same plan again from either side, and refuses another one', async () => {
  const world = new World();
  const jobId = newJobId();
  const submission = { job_id: jobId, slice_size_bytes: 100, window_bytes: 1000 };
  const submit = (files: readonly PlannedFile[]) =>
    world.call('BatchReply', 'POST', `/v1/jobs/${jobId}/files`, { body: { files } });
  const seal = (count: number) => ({ body: { file_count: count } });
  expect(
    (await world.problem('POST', `/v1/jobs/${jobId}/files`, { body: { files: [planned('a')] } }))
      .type,
  ).toBe('urn:syncmate:problem:job_unknown');
  expect((await world.problem('POST', `/v1/jobs/${jobId}/seal`, seal(0))).type).toBe(
    'urn:syncmate:problem:job_unknown',
  );
  await world.call('JobStatus', 'POST', '/v1/jobs', { body: submission });
  const [a, b] = [planned('a'), grown('b')];
  expect(outcomes(await submit([a, b]))).toEqual(['ok', 'ok']);
  const before = await dump();
  const again = await world.call('JobStatus', 'POST', '/v1/jobs', {
    body: { ...submission, slice_size_bytes: 200 },
  });
  expect(again.slice_size_bytes).toBe(100);
  expect(outcomes(await submit([b, a, a]))).toEqual(['ok', 'ok', 'ok']);
  const conflict = await submit([{ ...a, size_bytes: 251 }, b]);
  expect(outcomes(conflict)).toEqual(['file_conflict', 'ok']);
  expect(conflict.results[0]?.problem?.detail).toContain('size_bytes');
  expect((await world.problem('POST', `/v1/jobs/${jobId}/seal`, seal(3))).type).toBe(
    'urn:syncmate:problem:job_incomplete',
  );
  expect(await dump()).toBe(before);
  const sealed = await world.call('JobStatus', 'POST', `/v1/jobs/${jobId}/seal`, seal(2));
  expect(sealed.state).toBe('active');
  const after = await dump();
  expect(await world.call('JobStatus', 'POST', `/v1/jobs/${jobId}/seal`, seal(2))).toEqual(sealed);
  expect((await world.problem('POST', `/v1/jobs/${jobId}/seal`, seal(3))).status).toBe(409);
  expect(outcomes(await submit([a, planned('late')]))).toEqual(['ok', 'job_sealed']);
  expect(await dump()).toBe(after);
});

test('refuses what can not be moved', async () => {
  const world = new World();
  const problem = await world.problem('POST', '/v1/jobs', {
    body: { job_id: newJobId(), slice_size_bytes: 101, window_bytes: 100 },
  });
  expect([problem.status, problem.type]).toEqual([
    422,
    'urn:syncmate:problem:slice_exceeds_window',
  ]);
  const job = await world.submit({}, [], false);
  const files = [
    planned('append', { mode: 'append' }),
    grown('no-size', { target_size_bytes: null }),
    grown('shrunk', { target_size_bytes: 251 }),
    planned('slices', { size_bytes: 10_000_001 }),
    planned('n'.repeat(245)),
    planned('ok', { size_bytes: 10 }),
  ];
  const reply = await world.call('BatchReply', 'POST', `/v1/jobs/${job.job_id}/files`, {
    body: { files },
  });
  expect(outcomes(reply)).toEqual([...Array.from({ length: 5 }, () => 'file_invalid'), 'ok']);
  expect(await driftOfTotals()).toEqual([]);
});

test('a job without files is done at its seal', async () => {
  const world = new World();
  expect((await world.submit({}, [])).state).toBe('done');
});

test('stores a batch of the longest paths', async () => {
  const world = new World();
  const long = (i: number) => `/${String(i)}${'é'.repeat(4090)}`;
  const files = Array.from({ length: 500 }, (_, i) =>
    planned(`long${i}`, { size_bytes: 1, source_path: long(i), target_path: long(i) }),
  );
  const job = await world.submit({}, files);
  expect(job.files.transferring.count).toBe(500);
});

test('two receivers delete different objects; who dies in between holds nobody up for long', async () => {
  const world = new World();
  await world.submit({}, [planned('p.bin', { size_bytes: 1000 })]);
  const sender = await world.agent('send');
  const a = await world.agent('recv', { domain: 'd' });
  const b = await world.agent('recv', { domain: 'd' });
  await stage(sender, a);
  const first = await a.takeGarbage(4);
  const second = await b.takeGarbage(4);
  expect([first.length, second.length]).toEqual([4, 4]);
  expect(new Set([...first, ...second]).size).toBe(8);
  expect(await b.deleted(second)).toBe(400);
  expect(await b.takeGarbage()).toHaveLength(2);
  expect(await a.deleted(['no/such/key', ...first, ...first])).toBe(400);
  world.now += LEASE_MS;
  const c = await world.agent('recv', { domain: 'd' });
  expect(await c.deleted(await c.takeGarbage())).toBe(200);
  expect(await driftOfTotals()).toEqual([]);
});

test('hands on to placing what the sender saw of the source, and the target as it was planned', async () => {
  const world = new World();
  await world.submit({}, [
    planned('a.tch', { size_bytes: 250, target_path: '/target/a.tch', target_size_bytes: 120 }),
  ]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const { session_id, items } = sender.completion(await sender.send());
  const [first, ...others] = items;
  const seen = { ...first, source_metadata: '640:1764500000123456789' };
  const body = { session_id, items: [seen, ...others] };
  const reply = await world.call('BatchReply', 'POST', '/v1/tasks/complete', { body });
  expect(outcomes(reply)).toEqual(['ok', 'ok', 'ok']);
  await receiver.complete(await receiver.recv());
  const [placing] = await receiver.takePlacing();
  expect(placing).toMatchObject({
    source_metadata: '640:1764500000123456789',
    target_size_bytes: 120,
  });
});
