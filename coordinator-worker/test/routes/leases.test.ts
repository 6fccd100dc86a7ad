// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import type { Lease } from '../../src/generated/messages';
import { clear, dump, dumpWork } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { newJobId, outcomes, planned, World, ZONE } from '../testing/world';

const LEASE_MS = 180_000;
/** For so long after its back-off a task is left to hosts on which it has not failed. */
const POLL_MS = 5_000;

beforeEach(clear);

let zones = 0;
function freshZone(): string {
  zones += 1;
  return `/zone${zones}`;
}

async function fresh(
  options: { sizeBytes?: number; windowBytes?: number; sliceSizeBytes?: number } = {},
) {
  const world = new World();
  const zone = freshZone();
  const file = planned('f.bin', { size_bytes: options.sizeBytes ?? 250, zone });
  const job = await world.submit(options, [file]);
  return { world, zone, job: job.job_id };
}

/** Sends all that the zone has, and completes it. */
async function upload(world: World, zone: string): Promise<Lease[]> {
  const sender = await world.agent('send');
  const leases = await sender.send({ zones: [zone] });
  await sender.complete(leases);
  return leases;
}

test('answers a repeated take with the same leases, and takes no more', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const request = sender.request('send', { zones: [zone], max_tasks: 2 });
  const first = await sender.take(request);
  const before = await dump();
  expect(await sender.take(request)).toEqual(first);
  expect(await dump()).toBe(before);
  await sender.complete(first.leases.slice(0, 1));
  expect((await sender.take(request)).leases).toEqual(first.leases.slice(1));
  await sender.complete(first.leases.slice(1));
  expect((await sender.take(request)).leases).toEqual([]);
});

test('answers the same take twice at the same time with the same leases', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const request = sender.request('send', { zones: [zone], max_tasks: 2 });
  const [a, b] = await Promise.all([sender.take(request), sender.take(request)]);
  expect(a).toEqual(b);
  expect(a.leases).toHaveLength(2);
});

test('completes once, and says so again', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const sent = await sender.send({ zones: [zone] });
  expect(outcomes(await sender.complete(sent))).toEqual(['ok', 'ok', 'ok']);
  const before = await dump();
  expect(outcomes(await sender.complete(sent))).toEqual(['ok', 'ok', 'ok']);
  expect(await dump()).toBe(before);

  const receiver = await world.agent('recv');
  const received = await receiver.recv();
  expect(outcomes(await sender.complete(sent))).toEqual(['ok', 'ok', 'ok']);
  expect(outcomes(await receiver.complete(received))).toEqual(['ok', 'ok', 'ok']);
  const after = await dump();
  expect(outcomes(await receiver.complete(received))).toEqual(['ok', 'ok', 'ok']);
  expect(outcomes(await sender.complete(sent))).toEqual(['ok', 'ok', 'ok']);
  expect(await dump()).toBe(after);
});

test('refuses a stale epoch, another session and an unknown task, and changes nothing', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const other = await world.agent('send');
  const sent = await sender.send({ zones: [zone] });
  const before = await dump();
  const stale = sent.map((lease) => ({ ...lease, lease_epoch: lease.lease_epoch + 1 }));
  const all = Array.from({ length: 3 }, () => 'lease_stale');
  expect(outcomes(await sender.complete(stale))).toEqual(all);
  expect(outcomes(await sender.fail(stale, 'permanent'))).toEqual(all);
  expect(outcomes(await sender.release(stale))).toEqual(all);
  expect(outcomes(await other.complete(sent))).toEqual(all);
  expect(outcomes(await other.fail(sent, 'permanent'))).toEqual(all);
  expect(outcomes(await other.release(sent))).toEqual(all);
  const [first] = sent;
  if (first === undefined) throw new Error('no lease');
  const file = first.file_id;
  const unknown = [
    { ...first, task_id: '999999999-0' },
    { ...first, task_id: `${file}-77` },
  ];
  const reply = await sender.complete(unknown);
  expect(outcomes(reply)).toEqual(['task_unknown', 'task_unknown']);
  expect(await dump()).toBe(before);
  const detail = (await sender.complete(stale)).results[0]?.problem?.detail ?? '';
  expect(detail).toContain(`presented_epoch=${world.now + 1}`);
  expect(detail).toContain(`current_epoch=${world.now}`);
});

test('refuses a complete that is not about the leased object', async () => {
  const { world, zone } = await fresh({ sizeBytes: 80 });
  const sender = await world.agent('send');
  const [lease] = await sender.send({ zones: [zone] });
  if (lease === undefined) throw new Error('no lease');
  const before = await dump();
  expect(outcomes(await sender.complete([{ ...lease, object_key: 'other/key' }]))).toEqual([
    'object_mismatch',
  ]);
  expect(outcomes(await sender.complete([{ ...lease, length_bytes: 79 }]))).toEqual([
    'object_mismatch',
  ]);
  expect(await dump()).toBe(before);
  expect(outcomes(await sender.complete([lease]))).toEqual(['ok']);

  const receiver = await world.agent('recv');
  const received = await receiver.recv();
  const completion = receiver.completion(received);
  const wrong = completion.items.map((item) => ({ ...item, sha256: 'f'.repeat(64) }));
  const uploaded = await dump();
  const reply = await world.call('BatchReply', 'POST', '/v1/tasks/complete', {
    body: { ...completion, items: wrong },
  });
  expect(outcomes(reply)).toEqual(['object_mismatch']);
  expect(await dump()).toBe(uploaded);
});

test('judges each item of a batch by itself, and a task named twice once', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const [a, b] = await sender.send({ zones: [zone] });
  if (a === undefined || b === undefined) throw new Error('no leases');
  const reply = await sender.complete([a, a, { ...b, lease_epoch: 9 }]);
  expect(outcomes(reply)).toEqual(['ok', 'ok', 'lease_stale']);
  expect(await driftOfTotals()).toEqual([]);
});

test('never passes the window, and goes on when objects are confirmed gone', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 1000, windowBytes: 250 });
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  let moved = 0;
  for (let round = 0; round < 5; round++) {
    const sent = await sender.send({ zones: [zone] });
    expect(sent).toHaveLength(2);
    moved += sent.length;
    expect((await world.job(job)).window_used_bytes).toBe(200);
    const full = await sender.take(sender.request('send', { zones: [zone] }));
    expect(full.leases).toEqual([]);
    expect(full.waiting).toEqual({
      reason: moved === 10 ? 'no_work' : 'window_full',
      retry_after_ms: 5000,
    });
    await sender.complete(sent);
    const received = await receiver.recv();
    await receiver.complete(received);
    expect(await sender.send({ zones: [zone] })).toEqual([]);
    const keys = await receiver.takeGarbage();
    expect(await receiver.deleted(keys)).toBe(200);
    expect(await receiver.deleted(keys)).toBe(0);
  }
  expect(moved).toBe(10);
  expect((await world.job(job)).window_used_bytes).toBe(0);
});

test('a full window of one job does not hold up another job', async () => {
  const { world, zone } = await fresh({ sizeBytes: 10_000, windowBytes: 100 });
  const second = await world.submit({}, [planned('second.bin', { size_bytes: 10, zone })]);
  const sender = await world.agent('send');
  const leases = await sender.send({ zones: [zone] });
  expect(leases.filter((lease) => lease.job_id === second.job_id)).toHaveLength(1);
  expect(leases).toHaveLength(2);
});

test('gives at most the bytes asked for, but always one task', async () => {
  const { world, zone } = await fresh({ sizeBytes: 1000 });
  const sender = await world.agent('send');
  expect(await sender.send({ zones: [zone], max_bytes: 1 })).toHaveLength(1);
  expect(await sender.send({ zones: [zone], max_bytes: 299 })).toHaveLength(2);
});

test('hands out zones in the order asked, begun files first, then the largest', async () => {
  const world = new World();
  const [cheap, dear] = [freshZone(), freshZone()];
  await world.submit({}, [
    planned('dear.bin', { size_bytes: 900, zone: dear }),
    planned('small.bin', { size_bytes: 120, zone: cheap }),
    planned('large.bin', { size_bytes: 350, zone: cheap }),
    planned('begun.bin', { size_bytes: 200, zone: cheap }),
  ]);
  const sender = await world.agent('send');
  const other = await world.agent('send');
  const names = (leases: readonly Lease[]) => leases.map((lease) => lease.virtual_path);
  expect(names(await other.send({ zones: [cheap], max_tasks: 1 }))).toEqual([
    'large.bin.slice.00000',
  ]);
  expect(names(await sender.send({ zones: [cheap, dear], max_tasks: 8 }))).toEqual([
    'large.bin.slice.00001',
    'large.bin.slice.00002',
    'large.bin.slice.00003',
    'begun.bin.slice.00000',
    'begun.bin.slice.00001',
    'small.bin.slice.00000',
    'small.bin.slice.00001',
    'dear.bin.slice.00000',
  ]);
  const none = await sender.take(sender.request('send', { zones: [cheap] }));
  expect(none.waiting?.reason).toBe('not_reachable');
});

test('takes back what an expired session held; its late report is refused', async () => {
  const { world, zone, job } = await fresh();
  const dead = await world.agent('send');
  const sent = await dead.send({ zones: [zone], max_tasks: 2 });
  const heir = await world.agent('send');
  world.now += LEASE_MS - 1;
  expect(await heir.heartbeat()).toBeDefined();
  expect(await heir.send({ zones: [zone], max_tasks: 1 })).toHaveLength(1);
  world.now += 1;
  const again = await heir.send({ zones: [zone] });
  expect(again.map((lease) => [lease.task_id, lease.lease_epoch])).toEqual(
    sent.map((lease) => [lease.task_id, world.now]),
  );
  expect(again.map((lease) => lease.object_key)).not.toEqual(sent.map((lease) => lease.object_key));
  const before = await dump();
  expect(outcomes(await dead.complete(sent))).toEqual(['lease_stale', 'lease_stale']);
  expect(await dump()).toBe(before);
  const heartbeat = await world.problem('POST', `/v1/agents/${dead.sessionId}/heartbeat`, {
    body: { transferred_bytes: 0, bytes_per_second: 0, held: [] },
  });
  expect(heartbeat.type).toBe('urn:syncmate:problem:session_unknown');
  expect((await world.problem('POST', '/v1/agents', { body: dead.registration() })).type).toBe(
    'urn:syncmate:problem:session_unknown',
  );

  // The dead attempts' objects stay until a late writer must have stopped; so does their window.
  const receiver = await world.agent('recv');
  expect(await receiver.takeGarbage()).toEqual([]);
  expect((await world.job(job)).window_used_bytes).toBe(450);
  world.now += LEASE_MS - 1;
  await receiver.heartbeat().catch(() => undefined);
  world.now += 1;
  const later = await world.agent('recv');
  expect((await later.takeGarbage()).sort()).toEqual(sent.map((each) => each.object_key).sort());
  expect(await driftOfTotals()).toEqual([]);
});

test('accepts the report of an expired session whose work nobody took back yet', async () => {
  const { world, zone } = await fresh({ sizeBytes: 50 });
  const slow = await world.agent('send');
  const sent = await slow.send({ zones: [zone] });
  world.now += LEASE_MS + 1;
  expect(outcomes(await slow.complete(sent))).toEqual(['ok']);
});

test('gives all that a dead session held to the first that asks when its lease is over, and not before', async () => {
  const { world, zone } = await fresh({ sizeBytes: 6000 });
  await upload(world, zone);
  const dead = await world.agent('both', { domain: 'd' });
  const down = await dead.recv({ max_tasks: 20 });
  const { job_id } = await world.submit({}, [planned('up.bin', { size_bytes: 3000, zone })]);
  const up = await dead.send({ zones: [zone], max_tasks: 100 });
  expect([down.length, up.length]).toEqual([20, 58]);

  const heir = async () => {
    const agent = await world.agent('both', { domain: 'd' });
    return {
      up: await agent.send({ zones: [zone], max_tasks: 100 }),
      down: await agent.recv({ max_tasks: 100 }),
    };
  };
  const ids = (leases: readonly Lease[]) => leases.map(({ task_id }) => task_id).sort();
  const inherited = (leases: readonly Lease[], from: readonly Lease[]) =>
    leases.filter(({ task_id }) => ids(from).includes(task_id));
  world.now += LEASE_MS - 1;
  const early = await heir();
  expect(inherited([...early.up, ...early.down], [...up, ...down])).toEqual([]);
  world.now += 1;
  const late = await heir();
  expect(ids(late.up)).toEqual(ids(up));
  expect(ids(late.down)).toEqual(ids(down));
  for (const lease of [...late.up, ...late.down]) expect(lease.lease_epoch).toBe(world.now);
  expect((await world.job(job_id)).tasks.uploading.count).toBe(30);
});

test('takes downloads of an expired session back without sending again', async () => {
  const { world, zone, job } = await fresh();
  await upload(world, zone);
  const dead = await world.agent('recv', { domain: 'dc' });
  const taken = await dead.recv();
  await dead.complete(taken.slice(0, 1));
  world.now += LEASE_MS;
  const heir = await world.agent('recv', { domain: 'dc' });
  const again = await heir.recv();
  expect(again.map((lease) => [lease.task_id, lease.lease_epoch])).toEqual(
    taken.slice(1).map((lease) => [lease.task_id, world.now]),
  );
  expect(again.map((lease) => lease.object_key)).toEqual(
    taken.slice(1).map((lease) => lease.object_key),
  );
  expect(outcomes(await dead.complete(taken.slice(1)))).toEqual(['lease_stale', 'lease_stale']);
  expect(outcomes(await heir.complete(again))).toEqual(['ok', 'ok']);
  expect((await world.job(job)).files.placing.count).toBe(1);
});

test('names lost leases in a heartbeat, but not those that were completed', async () => {
  const { world, zone } = await fresh();
  const sender = await world.agent('send');
  const [a, b, c] = await sender.send({ zones: [zone] });
  if (a === undefined || b === undefined || c === undefined) throw new Error('no leases');
  await sender.complete([a]);
  await sender.release([b]);
  expect((await sender.heartbeat([a, b, c])).lost).toEqual([b.task_id]);
  const unknown = { ...c, task_id: '88888888-1' };
  expect((await sender.heartbeat([unknown])).lost).toEqual(['88888888-1']);
  const receiver = await world.agent('recv');
  const received = await receiver.recv();
  await receiver.complete(received);
  expect((await receiver.heartbeat(received)).lost).toEqual([]);
});

test('gives back a lease that its live agent has not named for a lease duration', async () => {
  const { world, zone, job } = await fresh();
  const sender = await world.agent('send');
  const [named, lost] = await sender.send({ zones: [zone], max_tasks: 2 });
  if (named === undefined || lost === undefined) throw new Error('no leases');
  world.now += LEASE_MS - 1;
  await sender.heartbeat([named]);
  expect((await world.job(job)).tasks.uploading.count).toBe(2);
  world.now += 1;
  expect((await sender.heartbeat([named])).lost).toEqual([]);
  expect((await world.job(job)).tasks.uploading.count).toBe(1);
  expect(outcomes(await sender.complete([named, lost]))).toEqual(['ok', 'lease_stale']);
  expect(await driftOfTotals()).toEqual([]);
});

test('gives back everything when a session ends, and nothing the second time', async () => {
  const { world, zone, job } = await fresh();
  const sender = await world.agent('send');
  const sent = await sender.send({ zones: [zone] });
  await sender.complete(sent.slice(0, 1));
  expect(await sender.end()).toEqual({ released: 2 });
  const before = await dump();
  expect(await sender.end()).toEqual({ released: 0 });
  expect(await dump()).toBe(before);
  expect((await world.job(job)).tasks.pending.count).toBe(2);
  const problem = await world.problem('POST', '/v1/leases', {
    body: sender.request('send', { zones: [zone] }),
  });
  expect(problem.type).toBe('urn:syncmate:problem:session_unknown');
  const receiver = await world.agent('recv');
  expect(await receiver.takeGarbage()).toHaveLength(2);
  const heir = await world.agent('send');
  expect(await heir.send({ zones: [zone] })).toHaveLength(2);
});

test('releases without counting an attempt', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 50 });
  const sender = await world.agent('send');
  for (let round = 0; round < 8; round++) {
    const leases = await sender.send({ zones: [zone] });
    expect(outcomes(await sender.release(leases))).toEqual(['ok']);
    const before = await dump();
    expect(outcomes(await sender.release(leases))).toEqual(['ok']);
    expect(await dump()).toBe(before);
  }
  expect((await world.job(job)).tasks.pending.count).toBe(1);
  await upload(world, zone);
  const receiver = await world.agent('recv');
  const received = await receiver.recv();
  expect(outcomes(await receiver.release(received))).toEqual(['ok']);
  expect((await world.job(job)).tasks.uploaded.count).toBe(1);
});

test('retries after a growing back-off, and fails task and file at the attempt limit', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 200 });
  const sender = await world.agent('send');
  let [bad, ...rest] = await sender.send({ zones: [zone] });
  await sender.complete(rest);
  for (const backOff of [5_000, 10_000, 20_000, 40_000]) {
    if (bad === undefined) throw new Error('not handed out again');
    expect(outcomes(await sender.fail([bad], 'retry'))).toEqual(['ok']);
    const before = await dumpWork();
    expect(outcomes(await sender.fail([bad], 'retry'))).toEqual(['ok']);
    expect(await dumpWork()).toBe(before);
    world.now += backOff + POLL_MS - 1;
    await sender.heartbeat();
    const early = await sender.take(sender.request('send', { zones: [zone] }));
    expect([early.leases, early.waiting?.reason]).toEqual([[], 'no_work']);
    world.now += 1;
    [bad, ...rest] = await sender.send({ zones: [zone] });
    expect(rest).toEqual([]);
  }
  if (bad === undefined) throw new Error('not handed out again');
  expect(outcomes(await sender.fail([bad], 'retry'))).toEqual(['ok']);
  const failed = await world.job(job);
  expect(failed.files.failed.count).toBe(1);
  expect(failed.tasks.failed.count).toBe(2);
  expect(failed.state).toBe('done');
  expect(await sender.send({ zones: [zone] })).toEqual([]);
  const { tasks } = await world.call('TaskPage', 'GET', `/v1/tasks?job_id=${job}&state=failed`);
  expect(tasks.find((task) => task.task_id === bad?.task_id)).toMatchObject({
    attempts: 5,
    last_error: 'test_reason: a test made it fail',
  });
  const page = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}&state=failed`);
  expect(page.files[0]?.last_error).toBe('test_reason: a test made it fail');

  world.now += LEASE_MS;
  const receiver = await world.agent('recv');
  await receiver.deleted(await receiver.takeGarbage());
  expect((await world.job(job)).window_used_bytes).toBe(0);
  expect(await driftOfTotals()).toEqual([]);
});

test('a permanent failure fails the file at once and voids the leases of its other tasks', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 1000 });
  const uploaded = await upload(world, zone);
  expect(uploaded).toHaveLength(10);
  const receiver = await world.agent('recv');
  const [bad, other, ...more] = await receiver.recv({ max_tasks: 4 });
  if (bad === undefined || other === undefined) throw new Error('no lease');
  await receiver.complete(more);
  expect(outcomes(await receiver.fail([bad], 'permanent'))).toEqual(['ok']);
  expect((await receiver.heartbeat([other])).lost).toEqual([other.task_id]);
  expect(outcomes(await receiver.complete([other]))).toEqual(['lease_stale']);
  expect(await receiver.recv()).toEqual([]);
  const failed = await world.job(job);
  expect([failed.state, failed.tasks.failed.count, failed.tasks.downloaded.count]).toEqual([
    'done',
    8,
    2,
  ]);
  // All but the object that the other lease may still be reading.
  expect(await receiver.deleted(await receiver.takeGarbage())).toBe(900);
  world.now += LEASE_MS;
  const later = await world.agent('recv');
  expect(await later.deleted(await later.takeGarbage())).toBe(100);
  expect((await world.job(job)).window_used_bytes).toBe(0);
  expect(await driftOfTotals()).toEqual([]);
});

test('a bad object is sent again under another key, and a failed download read again', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 50 });
  const [first] = await upload(world, zone);
  const receiver = await world.agent('recv');
  const [retried] = await receiver.recv();
  if (first === undefined || retried === undefined) throw new Error('no lease');
  await receiver.fail([retried], 'retry');
  expect(await receiver.recv()).toEqual([]);
  world.now += 5_000 + POLL_MS;
  const [again] = await receiver.recv();
  if (again === undefined) throw new Error('no lease');
  expect(again.object_key).toBe(first.object_key);
  await receiver.fail([again], 'object_bad');
  expect((await world.job(job)).tasks.pending.count).toBe(1);
  expect(await receiver.takeGarbage()).toEqual([first.object_key]);
  world.now += 10_000 + POLL_MS;
  const [second] = await upload(world, zone);
  expect(second?.object_key).not.toBe(first.object_key);
  const fixed = await receiver.recv();
  expect(outcomes(await receiver.complete(fixed))).toEqual(['ok']);
});

test('does not offer a file to a host that said it can not reach it', async () => {
  const { world, zone } = await fresh({ sizeBytes: 150 });
  const blind = await world.agent('send', { host: 'quote"\\[0].host' });
  const other = await world.agent('send');
  const leases = await blind.send({ zones: [zone], max_tasks: 1 });
  expect(outcomes(await blind.fail(leases, 'unreachable'))).toEqual(['ok']);
  const none = await blind.take(blind.request('send', { zones: [zone] }));
  expect(none.leases).toEqual([]);
  expect(none.waiting?.reason).toBe('not_reachable');
  const taken = await other.send({ zones: [zone] });
  expect(taken).toHaveLength(2);
  await other.release(taken);
  world.now += 10 * 60_000;
  const later = await world.agent('send', { host: blind.options.host });
  expect(await later.send({ zones: [zone] })).toHaveLength(2);
});

test('ties a file to the domain of its first receiver', async () => {
  const { world, zone } = await fresh({ sizeBytes: 400 });
  await upload(world, zone);
  const a1 = await world.agent('recv', { domain: 'a' });
  const a2 = await world.agent('recv', { domain: 'a' });
  const b = await world.agent('recv', { domain: 'b' });
  expect(await a1.recv({ max_tasks: 1 })).toHaveLength(1);
  expect(await b.recv()).toEqual([]);
  const rest = await a2.recv();
  expect(rest).toHaveLength(3);
});

test('begins no file that does not fit, counting what begun files will still need', async () => {
  const world = new World();
  const zone = freshZone();
  await world.submit({}, [
    planned('x.bin', { size_bytes: 400, zone }),
    planned('y.bin', { size_bytes: 500, zone }),
  ]);
  const sent = await upload(world, zone);
  expect(sent).toHaveLength(9);
  const receiver = await world.agent('recv');
  const take = (free: number, tasks = 32) =>
    receiver.take(receiver.request('recv', { free_bytes: free, max_tasks: tasks }));
  const none = await take(399);
  expect([none.leases, none.waiting?.reason]).toEqual([[], 'no_space']);
  const x = (await take(450, 1)).leases;
  expect(x.map((lease) => lease.virtual_path)).toEqual(['x.bin.slice.00000']);
  const onlyX = (await take(899)).leases;
  expect(onlyX.every((lease) => lease.virtual_path.startsWith('x.bin'))).toBe(true);
  await receiver.complete([...x, ...onlyX]);
  expect((await take(500)).leases).toHaveLength(5);
});

test('starts files of a domain again elsewhere when it was gone for too long', async () => {
  const { world, zone, job } = await fresh();
  const sent = await upload(world, zone);
  const gone = await world.agent('recv', { domain: 'gone' });
  const taken = await gone.recv();
  await gone.complete(taken.slice(0, 2));
  await gone.deleted(await gone.takeGarbage());
  world.now += 30 * 60_000 - 1;
  const waiting = await world.agent('recv', { domain: 'other' });
  expect(await waiting.recv()).toEqual([]);
  world.now += 1;
  await waiting.heartbeat();
  expect(await waiting.recv()).toEqual([]);
  const restarted = await world.job(job);
  expect(restarted.tasks.pending).toEqual({ count: 3, bytes: 250 });
  expect(await driftOfTotals()).toEqual([]);
  expect(outcomes(await gone.complete(taken))).toEqual(taken.map(() => 'lease_stale'));
  const resent = await upload(world, zone);
  expect(resent).toHaveLength(3);
  // Epochs grow over the restart, and keys are never used again.
  const last = Math.max(...taken.map((lease) => lease.lease_epoch));
  expect(Math.min(...resent.map((lease) => lease.lease_epoch))).toBeGreaterThan(last);
  const keys = new Set([...sent, ...resent].map((lease) => lease.object_key));
  expect(keys.size).toBe(6);
  expect(await waiting.recv()).toHaveLength(3);
});

test('registers the same session again, but not with other properties', async () => {
  const world = new World();
  const agent = await world.agent('send');
  const before = await dump();
  expect(await agent.register()).toMatchObject({
    session_id: agent.sessionId,
    lease_duration_ms: LEASE_MS,
    heartbeat_interval_ms: LEASE_MS / 3,
    poll_interval_ms: 5000,
  });
  expect(await dump()).toBe(before);
  const refused = async (change: object) => {
    const body = { ...agent.registration(), ...change };
    return (await world.problem('POST', '/v1/agents', { body })).type.split(':').at(-1);
  };
  expect(await refused({ host: 'elsewhere' })).toBe('session_conflict');
  expect(await refused({ session_id: 's-new-session', contract_version: 2 })).toBe(
    'contract_unsupported',
  );
});

test('shows agents, rates and a time to the end', async () => {
  const world = new World();
  const zone = freshZone();
  const names = { send: 'eta-send', recv: 'eta-recv' };
  const sender = await world.agent('send', { name: names.send });
  const receiver = await world.agent('recv', { name: names.recv });
  await world.submit({}, [planned('eta.bin', { size_bytes: 1000, zone })]);
  const leases = await sender.send({ zones: [zone], max_tasks: 3 });
  await sender.heartbeat(leases, 10);
  await receiver.heartbeat([], 20);
  world.now += 1000;
  const status = await world.status();
  expect(status.uploaded_bytes_per_second).toBeGreaterThanOrEqual(10);
  expect(status.eta_seconds).toBeGreaterThan(0);
  expect(status.agents.find(({ name }) => name === names.send)).toMatchObject({
    state: 'live',
    leases: 3,
    bytes_per_second: 10,
    last_seen_ms: 1000,
  });
  world.now += LEASE_MS;
  const later = await world.status();
  expect(later.agents.find(({ name }) => name === names.send)).toMatchObject({
    state: 'expired',
    leases: 0,
  });
  expect(later.eta_seconds).toBeNull();
  const text = await world.raw('/status?format=text', {
    headers: { Authorization: 'Bearer test-read-token' },
  });
  expect((await text.text()).split('\n')[0]).toMatch(/^Status +Count +Total Size$/);
});

test('pages through tasks and files', async () => {
  const { world, zone, job } = await fresh({ sizeBytes: 60_000, sliceSizeBytes: 100 });
  const sender = await world.agent('send');
  for (let taken = 0; taken < 600; taken += 100) {
    expect(await sender.send({ zones: [zone], max_tasks: 100 })).toHaveLength(100);
  }
  const first = await world.call('TaskPage', 'GET', `/v1/tasks?job_id=${job}`);
  expect(first.tasks).toHaveLength(500);
  const second = await world.call(
    'TaskPage',
    'GET',
    `/v1/tasks?job_id=${job}&state=uploading&after=${first.next ?? ''}`,
  );
  expect(second.tasks).toHaveLength(100);
  expect(second.next).toBeNull();
  const files = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}`);
  expect(files.files.map((file) => file.state)).toEqual(['transferring']);
  const none = await world.call('TaskPage', 'GET', `/v1/tasks?job_id=${newJobId()}`);
  expect(none).toEqual({ tasks: [], next: null });
  expect(zone).not.toBe(ZONE);
});
