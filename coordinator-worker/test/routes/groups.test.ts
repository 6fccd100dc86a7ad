// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import type { Lease, PlacingFile, PlannedFile } from '../../src/generated/messages';
import { clear } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { newJobId, outcomes, planned, World, type Agent } from '../testing/world';

const LEASE_MS = 180_000;
const DOMAIN_TIMEOUT_MS = 1_800_000;

beforeEach(clear);

const data = (name: string, options: Partial<PlannedFile> = {}) =>
  planned(`${name}.bin`, { publish_group: `objects/${name}`, publish_order: 0, ...options });
const index = (name: string, options: Partial<PlannedFile> = {}) =>
  planned(`${name}.idx`, { publish_group: `objects/${name}`, publish_order: 1, ...options });
const shard = (no: number, options: Partial<PlannedFile> = {}) =>
  planned(`c2pFullV.${no}.tch`, { publish_group: 'map/c2p/V', publish_order: 0, ...options });

const names = (files: readonly PlacingFile[]) => files.map((file) => file.virtual_path).sort();

/** A sender, a receiver, and what of their work isn't done yet. */
class Pair {
  private uploaded: Lease[] = [];

  private constructor(
    readonly world: World,
    readonly sender: Agent,
    readonly receiver: Agent,
  ) {}

  static async of(world: World): Promise<Pair> {
    return new Pair(world, await world.agent('send'), await world.agent('recv', { domain: 'd' }));
  }

  /** Everything that may be sent lies in the bucket and is leased to the receiver. */
  async upload(): Promise<void> {
    for (let sent = 1; sent > 0;) {
      const leases = await this.sender.send({ max_tasks: 100 });
      sent = leases.length;
      if (sent > 0) await this.sender.complete(leases);
      this.uploaded.push(...(await this.receiver.recv({ max_tasks: 100 })));
    }
  }

  private take(name: string): Lease[] {
    const of = this.uploaded.filter((lease) => lease.virtual_path.startsWith(name));
    if (of.length === 0) throw new Error(`nothing of ${name} is uploaded`);
    this.uploaded = this.uploaded.filter((lease) => !of.includes(lease));
    return of;
  }

  async stage(...files: string[]): Promise<void> {
    for (const name of files) await this.receiver.complete(this.take(name));
  }

  async fail(name: string): Promise<void> {
    await this.receiver.fail(this.take(name).slice(0, 1), 'permanent');
  }

  placeable(): Promise<PlacingFile[]> {
    return this.receiver.takePlacing();
  }

  /** Takes what there is to place, and gives it back. */
  async look(): Promise<string[]> {
    const files = await this.placeable();
    if (files.length > 0) await this.receiver.placed(files, 'release');
    return names(files);
  }

  async place(): Promise<string[]> {
    const files = await this.placeable();
    if (files.length > 0) await this.receiver.placed(files);
    return names(files);
  }
}

async function submitted(world: World, files: readonly PlannedFile[], seal = true) {
  const job = await world.submit({}, files, seal);
  const pair = await Pair.of(world);
  await pair.upload();
  return { job: job.job_id, pair };
}

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

async function taskOf(path: string): Promise<string> {
  const found = await env.DB.prepare('SELECT file_id FROM files WHERE planned_path = ?1')
    .bind(path)
    .first<{ file_id: number }>();
  return `${found?.file_id}-0`;
}

const errorsOf = async (world: World, job: string) => {
  const { files } = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}&state=failed`);
  return Object.fromEntries(files.map((file) => [file.virtual_path, file.last_error]));
};

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
  expect(await recount()).toEqual({ jobs: 1, repaired: [], problems: [] });
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
