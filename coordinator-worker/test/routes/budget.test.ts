// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { planned, World } from '../testing/world';
import type { Lease } from '../../src/generated/messages';

const MIB = 1024 * 1024;

test('writes at most 10 rows in the whole life of a task', async () => {
  const world = new World();
  const slices = 640;
  const file = planned('big.bin', { size_bytes: slices * MIB });
  await world.submit({ sliceSizeBytes: MIB, windowBytes: 1024 * MIB }, [file]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const parts: Record<string, number> = {};
  const part = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    world.meter.reset();
    const result = await call();
    parts[name] = (parts[name] ?? 0) + world.meter.rowsWritten / slices;
    return result;
  };
  for (let taken = 0; taken < slices; taken += 32) {
    const sent = await part('send', () => sender.send());
    await part('sent', () => sender.complete(sent));
    const received = await part('recv', () => receiver.recv());
    await part('received', () => receiver.complete(received));
    const keys = await part('garbage', () => receiver.takeGarbage());
    await part('deleted', () => receiver.deleted(keys));
    world.now += 5000;
  }
  const files = await part('placing', () => receiver.takePlacing());
  await part('placed', () => receiver.placed(files));
  const sum = Object.values(parts).reduce((total, each) => total + each, 0);
  expect(sum).toBeLessThanOrEqual(10);
  expect((await world.status()).files.done.count).toBe(1);
});

test('writes one row a heartbeat, however many leases it renews', async () => {
  const world = new World();
  await world.submit({}, [planned('h.bin', { size_bytes: 10_000 })]);
  const sender = await world.agent('send');
  const held = await sender.send({ max_tasks: 100 });
  expect(held).toHaveLength(100);
  world.meter.reset();
  expect((await sender.heartbeat(held)).lost).toEqual([]);
  expect(world.meter.rowsWritten).toBe(1);
});

test('writes nothing for a take that finds no work', async () => {
  const world = new World();
  const both = await world.agent('both', { domain: 'idle' });
  // Which zones it reaches is news once.
  await both.send({ zones: ['/nowhere'] });
  world.meter.reset();
  await both.send({ zones: ['/nowhere'] });
  await both.recv();
  await both.takeResolving(undefined, ['/nowhere']);
  await both.takePlacing();
  expect(await both.takeGarbage()).toEqual([]);
  expect(world.meter.rowsWritten).toBe(0);
});

test('reads no more for a take or a status among 20,000 files than among few', async () => {
  const world = new World();
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const measure = async () => {
    const reads: Record<string, number> = {};
    const read = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
      world.meter.reset();
      const result = await call();
      reads[name] = world.meter.rowsRead;
      return result;
    };
    const sent = await read('send', () => sender.send({ zones: ['/many'] }));
    expect(sent).toHaveLength(32);
    await read('sent', () => sender.complete(sent));
    const received = await read('recv', () => receiver.recv());
    expect(received).toHaveLength(32);
    await read('received', () => receiver.complete(received));
    await read('placing', () => receiver.takePlacing());
    await read('status', () => world.status());
    return reads;
  };
  const many = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) =>
      planned(`m${from + i}.bin`, { size_bytes: 10, zone: '/many', source_path: '/many/m' }),
    );
  const job = await world.submit({}, many(200, 0), false);
  const few = await measure();
  for (let from = 200; from < 20_200; from += 500) {
    await world.call('BatchReply', 'POST', `/v1/jobs/${job.job_id}/files`, {
      body: { files: many(500, from) },
    });
  }
  const lots = await measure();
  for (const [name, rows] of Object.entries(lots)) {
    expect.soft(rows, name).toBeLessThanOrEqual((few[name] ?? 0) * 2 + 50);
  }
  expect(lots['status']).toBeLessThan(100);
}, 60_000);

test('takes disjoint work when many ask at the same time', async () => {
  const world = new World();
  await world.submit({}, [planned('c.bin', { size_bytes: 5_000 })]);
  const senders = await Promise.all(Array.from({ length: 10 }, () => world.agent('send')));
  const taken = await Promise.all(senders.map((sender) => sender.send({ max_tasks: 5 })));
  const ids = taken.flat().map((lease: Lease) => lease.task_id);
  expect(ids).toHaveLength(50);
  expect(new Set(ids).size).toBe(50);
  const { results } = await env.DB.prepare(
    "SELECT count(*) AS n FROM tasks WHERE state = 'uploading' AND lease_session IS NOT NULL AND job_no = (SELECT max(job_no) FROM jobs)",
  ).all<{ n: number }>();
  expect(results[0]?.n).toBe(50);
});
