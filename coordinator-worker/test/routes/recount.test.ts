// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { planned, World } from '../testing/world';

beforeEach(clear);

const recount = (world: World) => world.call('RecountReport', 'POST', '/v1/admin/recount');

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
  const before = await dump();
  expect(await recount(world)).toEqual({ jobs: 1, repaired: [], problems: [] });
  expect(await dump()).toBe(before);
});

test('repairs totals and window, and says what was wrong', async () => {
  const world = await atWork();
  await env.DB.prepare(
    'UPDATE jobs SET tasks_pending = tasks_pending + 3, window_used_bytes = 0, files_done = 9',
  ).run();
  const { repaired, problems } = await recount(world);
  expect(problems).toEqual([]);
  expect(repaired.map((line) => line.replace(/^job \w+: /, ''))).toEqual([
    'tasks_pending 10 -> 7',
    'files_done 9 -> 0',
    'window_used_bytes 0 -> 600',
  ]);
  expect(await driftOfTotals()).toEqual([]);
  expect((await recount(world)).repaired).toEqual([]);
});

test('reports leases without a session and files whose tasks disagree', async () => {
  const world = await atWork();
  await env.DB.prepare("DELETE FROM sessions WHERE role = 'send'").run();
  await env.DB.prepare("UPDATE files SET downloaded_slices = 2 WHERE virtual_path = 'a.bin'").run();
  const { repaired, problems } = await recount(world);
  expect(repaired).toEqual([]);
  expect(problems).toHaveLength(3);
  expect(problems.filter((line) => /task \d+-\d is uploading, but/.test(line))).toHaveLength(2);
  expect(problems.some((line) => line.includes('2 downloaded; its tasks are'))).toBe(true);
});
