// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, type Agent } from '../testing/world';
import type { FileStatus, PlacingFile, PlannedFile } from '../../src/generated/messages';

/** Files that hosts can't place: turns, back-off, and an end. */

const BACKOFF_MS = 1000;
const POLL_MS = 100;
const LEASE_MS = 180_000;
const WHY = 'disk_denied: placing /data/x: permission denied';

beforeEach(clear);

async function scene(
  names: readonly string[],
  more: (name: string) => Partial<PlannedFile> = () => ({}),
) {
  const world = new World({
    FAIL_BACKOFF_MS: String(BACKOFF_MS),
    POLL_INTERVAL_MS: String(POLL_MS),
    ATTEMPTS_MAX: '3',
    FAILED_HOSTS_MAX: '3',
  });
  const { job_id: job } = await world.submit(
    {},
    names.map((name) => planned(name, more(name))),
  );
  const agent = await world.agent('both', { domain: 'd', host: 'h1' });
  await agent.complete(await agent.send({ max_tasks: 100 }));
  await agent.complete(await agent.recv({ max_tasks: 100 }));
  return { world, job, agent };
}

const one = (agent: Agent): Promise<PlacingFile[]> => agent.takePlacing(undefined, 1);
const paths = (files: readonly PlacingFile[]) => files.map(({ virtual_path }) => virtual_path);

/** Takes the next file, which is that one, and can't place it. */
async function fails(agent: Agent, path: string): Promise<PlacingFile[]> {
  const files = await one(agent);
  expect(paths(files)).toEqual([path]);
  expect(outcomes(await agent.placed(files, 'retry', WHY))).toEqual(['ok']);
  return files;
}

async function status(world: World, job: string, path: string): Promise<FileStatus> {
  const { files } = await world.call('FilePage', 'GET', `/v1/files?job_id=${job}`);
  const found = files.find(({ virtual_path }) => virtual_path === path);
  if (found === undefined) throw new Error(`no file ${path}`);
  return found;
}

const backoff = (attempts: number) => BACKOFF_MS * 2 ** (attempts - 1) + POLL_MS;

test('what a host can not place waits its turn; all others are placed meanwhile', async () => {
  const { world, job, agent } = await scene(['a.bin', 'b.bin', 'c.bin']);
  await fails(agent, 'a.bin');
  for (const path of ['b.bin', 'c.bin']) {
    const files = await one(agent);
    expect(paths(files)).toEqual([path]);
    await agent.placed(files);
  }
  expect(await one(agent)).toEqual([]);
  world.now += backoff(1) - 1;
  expect(await one(agent)).toEqual([]);
  world.now += 1;
  await fails(agent, 'a.bin');
  expect(await status(world, job, 'a.bin')).toMatchObject({
    state: 'placing',
    last_error: WHY,
    failures: [{ host: 'h1', attempts: 2, last_error: WHY }],
  });
  world.now += backoff(2);
  const files = await one(agent);
  expect(outcomes(await agent.placed(files))).toEqual(['ok']);
  expect((await world.job(job)).state).toBe('done');
  expect((await status(world, job, 'a.bin')).last_error).toBeNull();
  expect(await driftOfTotals()).toEqual([]);
});

test('those that failed least come first, of whatever job, once all may be tried', async () => {
  const { world, agent } = await scene(['a.bin', 'b.bin']);
  await fails(agent, 'a.bin');
  world.now += backoff(1);
  await world.submit({}, [planned('z.bin')]);
  await agent.complete(await agent.send());
  await agent.complete(await agent.recv());
  expect(paths(await agent.takePlacing())).toEqual(['b.bin', 'z.bin', 'a.bin']);
});

test('another host of the domain may try at once what one could not place', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  const other = await world.agent('recv', { domain: 'd', host: 'h2' });
  await fails(agent, 'a.bin');
  expect(await one(agent)).toEqual([]);
  const files = await one(other);
  expect(outcomes(await other.placed(files))).toEqual(['ok']);
  expect((await world.job(job)).files.done.count).toBe(1);
});

test('fails with its reason when it was tried often and no other host is left', async () => {
  const { world, job, agent } = await scene(['a.bin', 'b.bin']);
  for (const attempt of [1, 2, 3]) {
    await fails(agent, 'a.bin');
    world.now += backoff(attempt);
    // Nothing else waits for it.
    if (attempt === 1) await agent.placed(await one(agent));
  }
  const failed = await status(world, job, 'a.bin');
  expect(failed.state).toBe('failed');
  expect(failed.last_error).toBe(`not placed in 3 attempts on h1: ${WHY}`);
  expect((await world.job(job)).state).toBe('done');
  expect(await driftOfTotals()).toEqual([]);

  // An operator's retry begins anew, and moves nothing again.
  await world.retry(job);
  expect(await status(world, job, 'a.bin')).toMatchObject({ state: 'placing', failures: [] });
  expect(await agent.send()).toEqual([]);
  expect(outcomes(await agent.placed(await one(agent)))).toEqual(['ok']);
  expect((await world.job(job)).state).toBe('done');
});

test('fails at once when it failed on so many hosts', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  const others = [
    await world.agent('recv', { domain: 'd', host: 'h2' }),
    await world.agent('recv', { domain: 'd', host: 'h3' }),
    await world.agent('recv', { domain: 'd', host: 'h4' }),
  ];
  for (const host of [agent, ...others.slice(0, 2)]) await fails(host, 'a.bin');
  expect((await status(world, job, 'a.bin')).last_error).toBe(
    `not placed in 3 attempts on h1, h2, h3: ${WHY}`,
  );
});

test('a host that lives and could place it keeps it from failing by attempts, for a while', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  const idle = await world.agent('recv', { domain: 'd', host: 'h2' });
  const sender = await world.agent('send', { domain: 'd', host: 'h3' });
  for (let attempt = 1; attempt <= 9; attempt++) {
    expect((await status(world, job, 'a.bin')).state).toBe('placing');
    await fails(agent, 'a.bin');
    world.now += Math.min(backoff(attempt), LEASE_MS - 1);
    await Promise.all([agent.heartbeat(), idle.heartbeat(), sender.heartbeat()]);
    world.now += Math.max(backoff(attempt) - LEASE_MS + 1, 0);
    await Promise.all([agent.heartbeat(), idle.heartbeat(), sender.heartbeat()]);
  }
  expect((await status(world, job, 'a.bin')).state).toBe('failed');
});

test('a report that comes twice, or too late, counts once', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  const files = await fails(agent, 'a.bin');
  const before = await dump();
  expect(outcomes(await agent.placed(files, 'retry', WHY))).toEqual(['ok']);
  expect(await dump()).toBe(before);
  world.now += backoff(1);
  const again = await one(agent);
  expect(outcomes(await agent.placed(files, 'retry', WHY))).toEqual(['lease_stale']);
  expect(outcomes(await agent.placed(again))).toEqual(['ok']);
  expect(outcomes(await agent.placed(again, 'retry', WHY))).toEqual(['lease_stale']);
  expect((await world.job(job)).state).toBe('done');
});

test('what an agent that leaves gives back is not counted, and offered at once', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  for (let times = 0; times < 5; times++) {
    await agent.placed(await one(agent), 'release', 'drained: the agent is leaving');
  }
  expect((await status(world, job, 'a.bin')).failures).toEqual([]);
  expect(await one(agent)).toHaveLength(1);
});

test('what waits for it in its publish group is not tried, and fails with it', async () => {
  const { world, job, agent } = await scene(['a.bin', 'a.idx'], (name) => ({
    publish_group: 'objects/a',
    publish_order: name === 'a.bin' ? 0 : 1,
  }));
  for (const attempt of [1, 2, 3]) {
    await fails(agent, 'a.bin');
    expect(await one(agent)).toEqual([]);
    world.now += backoff(attempt);
  }
  expect(await world.job(job)).toMatchObject({ state: 'done', files: { failed: { count: 2 } } });
  expect((await status(world, job, 'a.idx')).last_error).toBe(
    `not placed: a.bin of its publish group failed: not placed in 3 attempts on h1: ${WHY}`,
  );
  expect(await driftOfTotals()).toEqual([]);
});

test('a file that starts again begins anew with its attempts', async () => {
  const { world, job, agent } = await scene(['a.bin']);
  await fails(agent, 'a.bin');
  world.now += backoff(1);
  await agent.placed(await one(agent), 'restart');
  expect((await status(world, job, 'a.bin')).failures).toEqual([]);
});

test('says why a staged file is not placed', async () => {
  const { world, agent } = await scene(['a.bin']);
  const [file] = await fails(agent, 'a.bin');
  const task = `${file?.file_id ?? ''}-0`;
  expect(await world.explain(task)).toMatchObject({
    reason: 'backing_off',
    expected_at_ms: world.now + backoff(1),
    detail: `Placing failed 1 times in domain d, last: ${WHY}. Offered again in 2 s.`,
  });
  const other = await world.agent('recv', { domain: 'd', host: 'h2' });
  expect((await world.explain(task)).reason).toBe('placing');
  await other.end();
  world.now += backoff(1);
  expect((await world.explain(task)).detail).toContain('Placing failed 1 times');
});
