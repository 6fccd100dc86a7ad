// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, test } from 'vitest';
import { clear, dump, dumpWork } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, type Agent, type NamedFile } from '../testing/world';

/** Leases on whole files when answers are lost, late or doubled. */

const LEASE_MS = 180_000;

beforeEach(clear);

/** What can be leased of a file, and how. */
const KINDS = {
  resolving: {
    take: (agent: Agent, requestId?: string): Promise<NamedFile[]> =>
      agent.takeResolving(requestId),
    report: (agent: Agent, files: readonly NamedFile[]) => agent.resolved(files, 'full'),
  },
  placing: {
    take: (agent: Agent, requestId?: string): Promise<NamedFile[]> => agent.takePlacing(requestId),
    report: (agent: Agent, files: readonly NamedFile[]) => agent.placed(files),
  },
};

/** A file to check and one to place, and two agents that could. */
async function scene() {
  const world = new World();
  await world.submit({}, [
    planned('r.bin', { mode: 'unresolved', size_bytes: 250, target_size_bytes: 100 }),
    planned('p.bin'),
  ]);
  const agent = await world.agent('both', { domain: 'd' });
  await agent.complete(await agent.send());
  await agent.complete(await agent.recv());
  return { world, agent, other: await world.agent('both', { domain: 'd' }) };
}

describe.each(Object.entries(KINDS))('%s', (_kind, { take, report }) => {
  test('is offered again when a living agent was handed it and does not name it', async () => {
    const { world, agent, other } = await scene();
    const lost = await take(agent);
    expect(lost).toHaveLength(1);
    world.now += LEASE_MS - 1;
    // The answer may still be on its way.
    await agent.heartbeat();
    await other.heartbeat();
    expect(await take(other)).toEqual([]);
    world.now += 1;
    await agent.heartbeat();
    const again = await take(other);
    expect(again.map(({ file_id }) => file_id)).toEqual(lost.map(({ file_id }) => file_id));
    expect(outcomes(await report(agent, lost))).toEqual(['lease_stale']);
    expect((await agent.heartbeat([], 0, lost)).lost_files).toEqual([lost[0]?.file_id]);
    expect(outcomes(await report(other, again))).toEqual(['ok']);
    expect(await driftOfTotals()).toEqual([]);
  });

  test('stays with an agent that names it, however long it takes', async () => {
    const { world, agent, other } = await scene();
    const held = await take(agent);
    for (let leases = 0; leases < 5; leases++) {
      world.now += LEASE_MS - 1;
      expect((await agent.heartbeat([], 0, held)).lost_files).toEqual([]);
      await other.heartbeat();
    }
    expect(await take(other)).toEqual([]);
    expect(outcomes(await report(agent, held))).toEqual(['ok']);
  });

  test('stays with an agent that does not say which files it holds', async () => {
    const { world, agent, other } = await scene();
    const held = await take(agent);
    for (let leases = 0; leases < 2; leases++) {
      world.now += LEASE_MS - 1;
      await world.call('HeartbeatReply', 'POST', `/v1/agents/${agent.sessionId}/heartbeat`, {
        body: { transferred_bytes: 0, bytes_per_second: 0, held: [] },
      });
      await other.heartbeat();
    }
    expect(await take(other)).toEqual([]);
    expect(outcomes(await report(agent, held))).toEqual(['ok']);
  });

  test('is named by its epoch: a former lease of the same agent keeps nothing', async () => {
    const { world, agent } = await scene();
    const [held] = await take(agent);
    if (held === undefined) throw new Error('no file');
    world.now += LEASE_MS - 1;
    await agent.heartbeat([], 0, [held]);
    world.now += 1;
    const former = { ...held, lease_epoch: held.lease_epoch - 1 };
    expect((await agent.heartbeat([], 0, [former])).lost_files).toEqual([held.file_id]);
    expect(outcomes(await report(agent, [held]))).toEqual(['lease_stale']);
  });

  test('is answered the same when its request comes twice, and changes nothing then', async () => {
    const { agent } = await scene();
    const held = await take(agent, 'request-1');
    const before = await dump();
    expect(await take(agent, 'request-1')).toEqual(held);
    expect(await dump()).toBe(before);
    expect(outcomes(await report(agent, held))).toEqual(['ok']);
    const reported = await dump();
    expect(await take(agent, 'request-1')).toEqual([]);
    expect(outcomes(await report(agent, held))).toEqual(['ok']);
    expect(await dump()).toBe(reported);
  });
});

test('a heartbeat that gives nothing back writes one row, however many files it names', async () => {
  const { world, agent } = await scene();
  const held = [...(await agent.takeResolving()), ...(await agent.takePlacing())];
  expect(held).toHaveLength(2);
  const before = await dumpWork();
  world.meter.reset();
  expect((await agent.heartbeat([], 0, held)).lost_files).toEqual([]);
  expect(world.meter.rowsWritten).toBe(1);
  expect(await dumpWork()).toBe(before);
});

test('a file that is placed is not lost to its agent while the answer is on its way', async () => {
  const { agent, other } = await scene();
  const held = await agent.takePlacing();
  await agent.placed(held);
  expect((await agent.heartbeat([], 0, held)).lost_files).toEqual([]);
  const wrong = held.map((file) => ({ ...file, lease_epoch: file.lease_epoch + 1 }));
  expect((await other.heartbeat([], 0, wrong)).lost_files).toEqual([held[0]?.file_id]);
});

test('an agent learns that the file it places was cancelled', async () => {
  const { world, agent } = await scene();
  const held = await agent.takePlacing();
  const [job] = (await world.status()).jobs;
  await world.control(job?.job_id ?? '', 'cancel');
  expect((await agent.heartbeat([], 0, held)).lost_files).toEqual([held[0]?.file_id]);
  const unknown = [{ file_id: '88888888', lease_epoch: 1 }];
  expect((await agent.heartbeat([], 0, unknown)).lost_files).toEqual(['88888888']);
});
