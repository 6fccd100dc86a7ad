// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { bookmark, clear } from '../testing/dump';
import { planned, World, type Agent } from '../testing/world';

/** The database was put back to an older state: what it hands out then was never handed out before. */

const LEASE_MS = 180_000;

beforeEach(clear);

interface Handed {
  readonly keys: string[];
  readonly epochs: string[];
}

const grown = { mode: 'unresolved', size_bytes: 250, target_size_bytes: 100 } as const;

async function scene() {
  const world = new World({ STEAL_FACTOR: '1', STEAL_MIN_MS: '1000' });
  await world.submit({}, [planned('a.bin'), planned('b.bin'), planned('c.bin', grown)]);
  return world;
}

/** Everything that can be handed out: to send, to receive, stolen, to resolve, to place; and after a new start. */
async function work(world: World): Promise<Handed> {
  const handed: Handed = { keys: [], epochs: [] };
  const note = (what: string, leases: readonly { lease_epoch: number }[]) =>
    leases.forEach(({ lease_epoch }) => handed.epochs.push(`${what} ${lease_epoch}`));
  const send = async (agent: Agent, max_tasks: number) => {
    const leases = await agent.send({ max_tasks });
    for (const lease of leases) {
      handed.keys.push(lease.object_key);
      note(lease.task_id, [lease]);
    }
    return leases;
  };
  const slow = await world.agent('both', { domain: 'd' });
  const first = await send(slow, 3);
  await slow.complete(first);
  const received = await slow.recv();
  received.forEach((lease) => note(lease.task_id, [lease]));
  await slow.complete(received);
  const placing = await slow.takePlacing();
  note(`file ${placing[0]?.file_id ?? ''}`, placing);
  await slow.placed(placing, 'restart');
  const resolving = await slow.takeResolving();
  note(`file ${resolving[0]?.file_id ?? ''}`, resolving);
  const held = await send(slow, 100);
  world.now += LEASE_MS - 1;
  await slow.heartbeat(held);
  world.now += 1;
  const stolen = await send(await world.agent('send'), 100);
  expect([first.length, placing.length, resolving.length]).toEqual([3, 1, 1]);
  expect([held.length, stolen.length]).toEqual([6, 6]);
  return handed;
}

test('no key and no epoch comes twice after the database was put back', async () => {
  const world = await scene();
  const putBack = await bookmark();
  const lost = await work(world);
  await putBack();
  world.now += 1000;
  const again = await work(world);
  const twice = (of: keyof Handed) => again[of].filter((each) => lost[of].includes(each));
  expect([twice('keys'), twice('epochs')]).toEqual([[], []]);
  expect(new Set(again.keys).size).toBe(again.keys.length);
});

test('an agent from before it was put back is told that all of its leases are lost', async () => {
  const world = await scene();
  const agent = await world.agent('both', { domain: 'd' });
  const putBack = await bookmark();
  const held = await agent.send();
  const resolving = await agent.takeResolving();
  await putBack();
  world.now += 1000;
  const other = await world.agent('both', { domain: 'd' });
  const taken = await other.send();
  expect(taken.map(({ task_id }) => task_id)).toEqual(held.map(({ task_id }) => task_id));
  const { lost, lost_files } = await agent.heartbeat(held, 0, resolving);
  expect(lost).toEqual(held.map(({ task_id }) => task_id));
  expect(lost_files).toEqual(resolving.map(({ file_id }) => file_id));
  const reply = await agent.complete(held);
  expect(reply.results.every(({ outcome }) => outcome === 'refused')).toBe(true);
});
