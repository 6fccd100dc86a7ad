// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { planned, World } from '../testing/world';

const LEASE_DURATION_MS = 180_000;
/** Work in a zone of its own: tests of a file share their database. */
async function workIn(zone: string) {
  const world = new World();
  const file = { zone, source_path: `${zone}/a`, size_bytes: 2000 };
  await world.submit({}, [planned('a', file)]);
  const cheap = { zones: [zone], max_tasks: 1 };
  const dear = { zones: [], dear_zones: [zone], max_tasks: 1 };
  return { world, cheap, dear };
}

test('work stays with the agent that reaches it cheaply until that one has gone', async () => {
  const { world, cheap, dear } = await workIn('/da1');
  const local = await world.agent('send');
  const remote = await world.agent('send');
  expect(await local.send(cheap)).toHaveLength(1);
  const refused = await remote.take(remote.request('send', dear));
  expect(refused.leases).toEqual([]);
  expect(refused.waiting?.reason).toBe('not_reachable');

  world.now += LEASE_DURATION_MS + 1;
  const later = await world.agent('send');
  expect(await later.send(dear)).toHaveLength(1);
});

test('a zone that nobody reaches cheaply goes to all who reach it at a higher cost', async () => {
  const { world, dear } = await workIn('/da2');
  const one = await world.agent('send');
  const other = await world.agent('send');
  expect(await one.send(dear)).toHaveLength(1);
  expect(await other.send(dear)).toHaveLength(1);
  expect(await one.send(dear)).toHaveLength(1);
});

test('an agent that is told to take nothing keeps nobody away', async () => {
  const { world, cheap, dear } = await workIn('/da3');
  const local = await world.agent('send');
  const remote = await world.agent('send');
  await local.send(cheap);
  await world.call('DirectiveReply', 'POST', '/v1/agents/directive', {
    body: { name: local.options.name, directive: 'drain' },
  });
  expect(await remote.send(dear)).toHaveLength(1);
});

test('a task that waits in a zone reached at a higher cost only is said to be reachable', async () => {
  const { world, dear } = await workIn('/da4');
  const remote = await world.agent('send');
  const [lease] = await remote.send(dear);
  if (lease === undefined) throw new Error('nothing was handed out');
  await remote.release([lease]);
  const { reason } = await world.call('TaskExplanation', 'GET', `/v1/tasks/${lease.task_id}`);
  expect(reason).toBe('queued');
});
