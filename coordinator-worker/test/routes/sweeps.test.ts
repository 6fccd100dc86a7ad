// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import { clear, dumpWork } from '../testing/dump';
import { planned, World, type Agent } from '../testing/world';

const LEASE_MS = 180_000;
const OLD = 2 * LEASE_MS;
const HOUR = 60 * 60_000;

/** A job of 16 slices of one file (cut: 5) and of one that nobody began. */
interface Scene {
  readonly world: World;
  readonly job: string;
  readonly sender: Agent;
  readonly receiver: Agent;
  readonly file: number;
  /** Of the so-maniest attempt at once. */
  readonly key: (slice: number, attempt: number) => string;
}

beforeEach(clear);

async function scene({ seal = true } = {}): Promise<Scene> {
  const world = new World();
  const files = [planned('a.bin', { size_bytes: 1600 }), planned('b.bin')];
  const job = (await world.submit({}, files, seal)).job_id;
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const page = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}`);
  const file = Number(page.files[0]?.file_id);
  const first = world.now;
  const key = (slice: number, attempt: number) =>
    `${job.slice(0, 16)}/${file}/${slice}.${first + attempt - 1}`;
  return { world, job, sender, receiver, file, key };
}

/** Every slice arrives; nothing is placed. */
async function move(sender: Agent, receiver: Agent): Promise<void> {
  await sender.complete(await sender.send({ max_tasks: 100 }));
  await receiver.complete(await receiver.recv({ max_tasks: 100 }));
}

test('makes garbage of what dead attempts wrote after their objects had been deleted', async () => {
  const { world, job, sender, receiver, key } = await scene();
  const leases = await sender.send({ max_tasks: 2 });
  await sender.release(leases);
  expect(await receiver.deleted(await receiver.takeGarbage())).toBe(200);
  const again = await sender.send({ max_tasks: 2 });
  expect(again.map(({ object_key }) => object_key)).toEqual([key(0, 2), key(1, 2)]);

  const listed = [key(0, 1), key(1, 1), key(0, 2), key(1, 2)];
  expect(await receiver.listed(job, listed, OLD)).toEqual([key(0, 1), key(1, 1)]);
  const before = await dumpWork();
  expect(await receiver.listed(job, listed, OLD)).toEqual([key(0, 1), key(1, 1)]);
  expect(await dumpWork()).toBe(before);

  // The normal way from here on; the window never had them.
  expect((await world.job(job)).window_used_bytes).toBe(200);
  expect(await receiver.takeGarbage()).toEqual([key(0, 1), key(1, 1)]);
  expect(await receiver.deleted([key(0, 1), key(1, 1)])).toBe(0);
  expect((await world.job(job)).window_used_bytes).toBe(200);
  expect((await sender.complete(again)).results.map(({ outcome }) => outcome)).toEqual([
    'ok',
    'ok',
  ]);
});

test('leaves what an attempt owns until it is downloaded, in whatever state', async () => {
  const { world, job, sender, receiver, key } = await scene();
  const leases = await sender.send({ max_tasks: 3 });
  const known = [key(0, 1), key(1, 1), key(2, 1)];
  expect(await receiver.listed(job, known, OLD)).toEqual([]);
  await sender.complete(leases.slice(0, 2));
  expect(await receiver.listed(job, known, OLD)).toEqual([]);
  const [down] = await receiver.recv({ max_tasks: 1 });
  expect(await receiver.listed(job, known, OLD)).toEqual([]);
  await receiver.complete(down === undefined ? [] : [down]);
  // Garbage of the usual kind: it is in the window, and its deletion credits it.
  expect(await receiver.listed(job, known, OLD)).toEqual([]);
  expect(await receiver.deleted(await receiver.takeGarbage())).toBe(100);
  // A late repeat of the PUT brought it back.
  expect(await receiver.listed(job, known, OLD)).toEqual([key(0, 1)]);

  // The sender dies: its object is garbage, but not yet to be deleted.
  world.now += LEASE_MS + 1;
  const other = await world.agent('both');
  await other.send({ max_tasks: 1 });
  expect(await other.listed(job, known, OLD)).toEqual([key(0, 1)]);
});

test('leaves both attempts at a stolen task, then the one that won', async () => {
  const { world, job, sender } = await scene();
  const held = await sender.send({ max_tasks: 100 });
  const receiving = await world.agent('recv');
  world.now += LEASE_MS - 1;
  await sender.heartbeat(held);
  await receiving.heartbeat();
  world.now += 2;
  const thief = await world.agent('send');
  const [stolen] = await thief.send({ max_tasks: 1 });
  const old = held.find(({ task_id }) => task_id === stolen?.task_id);
  const both = [old?.object_key ?? '', stolen?.object_key ?? ''];
  expect(new Set(both).size).toBe(2);
  expect(await receiving.listed(job, both, OLD)).toEqual([]);
  await thief.complete(stolen === undefined ? [] : [stolen]);
  expect(await receiving.listed(job, both, OLD)).toEqual([]);
});

test('leaves what is young, of another prefix, not made as ours, or may still be handed out', async () => {
  const { job, sender, receiver, file, key } = await scene();
  await sender.release(await sender.send({ max_tasks: 1 }));
  await receiver.deleted(await receiver.takeGarbage());
  expect(await receiver.listed(job, [key(0, 1)], OLD - 1)).toEqual([]);
  const other = `${'f'.repeat(16)}/${file}/0.1`;
  const zero = `${job.slice(0, 16)}/${file}/0.0`;
  const foreign = ['notes.txt', `${job}/1/0.1`, `${key(0, 1)}.part`, zero, `${key(0, 1)}0 `];
  const padded = `${job.slice(0, 16)}/${file}/00.1`;
  const huge = `${job.slice(0, 16)}/${file}/0.9999999999999999`;
  // Epochs that this database hasn't reached, a slice that was never cut, a file that nobody began.
  const begun = key(0, 1).replace(`/${file}/`, `/${file + 1}/`);
  const ahead = [key(0, 2), key(0, 70), key(9, 1), begun];
  const all = [other, ...foreign, padded, huge, ...ahead];
  expect(await receiver.listed(job, all, OLD)).toEqual([]);
  expect(await receiver.listed(job, [...all, key(0, 1)], OLD)).toEqual([key(0, 1)]);
});

test('takes what a database that was put back had handed out, when that is long over', async () => {
  const { world, job, sender, receiver, file, key } = await scene();
  const [held] = await sender.send({ max_tasks: 1 });
  const unknownFile = key(0, 9).replace(`/${file}/`, `/${file + 50}/`);
  const left = [key(0, 9), key(15, 9), unknownFile];
  expect(await receiver.listed(job, left, OLD)).toEqual([]);
  world.now += OLD + 8;
  const later = await world.agent('recv');
  expect(await later.listed(job, [...left, held?.object_key ?? ''], OLD)).toEqual(left);
});

test('keeps away from keys that a file which starts again will get', async () => {
  const { job, sender, receiver, key } = await scene();
  await move(sender, receiver);
  await receiver.deleted(await receiver.takeGarbage());
  await receiver.placed(await receiver.takePlacing(), 'restart');
  // So far everything is dead, from there on nothing is.
  expect(await receiver.listed(job, [key(0, 1), key(0, 2), key(0, 3)], OLD)).toEqual([
    key(0, 1),
    key(0, 2),
  ]);
  const [again] = await sender.send({ max_tasks: 1 });
  expect(again?.object_key).toBe(key(0, 3));
});

test('gives a job out once an hour, when it has ended, and once more three leases later', async () => {
  const { world, job, sender, receiver } = await scene();
  const other = await world.agent('recv');
  expect(await receiver.takeSweep()).toEqual({ job_id: job, key_prefix: `${job.slice(0, 16)}/` });
  expect(await other.takeSweep()).toBeNull();
  const wait = async (ms: number) => {
    for (let left = ms; left > 0; left -= LEASE_MS - 1) {
      world.now += Math.min(left, LEASE_MS - 1);
      await Promise.all([receiver.heartbeat(), other.heartbeat(), sender.heartbeat()]);
    }
  };
  await wait(HOUR - 1);
  expect(await other.takeSweep()).toBeNull();
  await wait(1);
  expect((await other.takeSweep())?.job_id).toBe(job);
  await move(sender, receiver);
  expect(await receiver.takeSweep()).toBeNull();
  await receiver.placed(await receiver.takePlacing());
  expect((await world.job(job)).state).toBe('done');
  expect((await receiver.takeSweep())?.job_id).toBe(job);
  await wait(3 * LEASE_MS - 1);
  expect(await receiver.takeSweep()).toBeNull();
  await wait(1);
  expect((await receiver.takeSweep())?.job_id).toBe(job);
  await wait(2 * HOUR);
  expect(await receiver.takeSweep()).toBeNull();
});

test('a sweep of an agent that died is due again, that of one that ended is not', async () => {
  const { world, job, receiver } = await scene();
  const ending = await world.agent('recv');
  expect((await ending.takeSweep())?.job_id).toBe(job);
  await ending.end();
  expect(await receiver.takeSweep()).toBeNull();
  world.now += HOUR;
  const dying = await world.agent('recv');
  expect((await dying.takeSweep())?.job_id).toBe(job);
  world.now += LEASE_MS;
  const other = await world.agent('recv');
  expect(await other.takeSweep()).toBeNull();
  // Whoever takes anything finds that it has died.
  await other.recv();
  expect((await other.takeSweep())?.job_id).toBe(job);
  expect(await other.takeSweep()).toBeNull();
});

test('answers the same request twice with the same job, and changes nothing the second time', async () => {
  const { job, receiver } = await scene();
  expect((await receiver.takeSweep('request-1'))?.job_id).toBe(job);
  const before = await dumpWork();
  expect((await receiver.takeSweep('request-1'))?.job_id).toBe(job);
  expect(await dumpWork()).toBe(before);
  expect(await receiver.takeSweep('request-2')).toBeNull();
});

test('refuses senders, ended sessions and unknown jobs', async () => {
  const { world, job, sender, receiver, key } = await scene();
  const type = async (agent: Agent, path: string, body: object) => {
    const request = { session_id: agent.sessionId, ...body };
    return (await world.problem('POST', path, { body: request })).type.split(':').at(-1);
  };
  const objects = [{ object_key: key(0, 1), last_modified_ms: world.now - OLD }];
  const take = { request_id: 'request-1' };
  expect(await type(sender, '/v1/garbage/take-sweep', take)).toBe('role_mismatch');
  expect(await type(sender, '/v1/garbage/listed', { job_id: job, objects })).toBe('role_mismatch');
  const unknown = { job_id: '0'.repeat(32), objects };
  expect(await type(receiver, '/v1/garbage/listed', unknown)).toBe('job_unknown');
  await receiver.end();
  expect(await type(receiver, '/v1/garbage/take-sweep', take)).toBe('session_unknown');
  expect(await type(receiver, '/v1/garbage/listed', { job_id: job, objects })).toBe(
    'session_unknown',
  );
});

test('costs a row a sweep, and a few read a listed object, however many there are', async () => {
  const { world, job, sender, receiver, file } = await scene();
  const held = await sender.send({ max_tasks: 16 });
  world.meter.reset();
  await receiver.takeSweep();
  // The job's row, and its places in the indexes of sweeps.
  expect(world.meter.rowsWritten).toBeLessThanOrEqual(4);
  world.meter.reset();
  expect(
    await receiver.listed(
      job,
      held.map(({ object_key }) => object_key),
      OLD,
    ),
  ).toEqual([]);
  expect(world.meter.rowsWritten).toBe(0);
  expect(world.meter.rowsRead).toBeLessThan(16 * 10);
  world.meter.reset();
  expect(await receiver.takeSweep()).toBeNull();
  expect(world.meter.rowsRead).toBeLessThanOrEqual(3);
  expect(world.meter.rowsWritten).toBe(0);

  const prefix = job.slice(0, 16);
  const many = Array.from({ length: 1000 }, (_, i) => `${prefix}/${file + 2 + i}/0.1`);
  world.meter.reset();
  expect(await receiver.listed(job, many, OLD)).toHaveLength(1000);
  expect(world.meter.rowsWritten).toBe(1000);
  const count = await env.DB.prepare('SELECT count(*) AS n FROM garbage').first<{ n: number }>();
  expect(count?.n).toBe(1000);
});

test('tells a receiver that leaves how long an object may still come that was cut off, and sweeps then', async () => {
  const { world, job, sender, receiver } = await scene();
  const leaving = async () =>
    (
      await world.call('SweepReply', 'POST', '/v1/garbage/take-sweep', {
        body: {
          session_id: receiver.sessionId,
          request_id: world.requestId(),
          leaving: true,
        },
      })
    ).wait_ms ?? null;
  await sender.fail(await sender.send({ max_tasks: 1 }), 'retry');
  world.now += 10_000;
  await receiver.heartbeat();
  await move(sender, receiver);
  await receiver.placed(await receiver.takePlacing());
  expect((await world.job(job)).state).toBe('done');
  expect((await receiver.takeSweep())?.job_id).toBe(job);
  expect(await leaving()).toBe(3 * LEASE_MS - 10_000);
  for (let left = 3 * LEASE_MS - 10_000; left > 0; left -= LEASE_MS - 1) {
    expect(await leaving()).toBe(left);
    world.now += Math.min(left, LEASE_MS - 1);
    await receiver.heartbeat();
  }
  expect((await receiver.takeSweep())?.job_id).toBe(job);
  expect(await leaving()).toBeNull();
});

test('lets a receiver go at once when every attempt ended with a result', async () => {
  const { world, sender, receiver } = await scene();
  await move(sender, receiver);
  await receiver.placed(await receiver.takePlacing());
  expect((await receiver.takeSweep())?.job_id).toBeDefined();
  const body = { session_id: receiver.sessionId, request_id: world.requestId(), leaving: true };
  const reply = await world.call('SweepReply', 'POST', '/v1/garbage/take-sweep', { body });
  expect(reply).toEqual({ sweeps: [] });
});
