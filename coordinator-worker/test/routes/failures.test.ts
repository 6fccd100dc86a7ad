// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import type { Lease } from '../../src/generated/messages';
import { clear } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { type Agent, outcomes, planned, World, ZONE } from '../testing/world';

const POLL_MS = 5_000;
const BACKOFF_MS = 5_000;
const PROBE_MS = 60_000;

beforeEach(clear);

async function world(slices: number, options: { windowBytes?: number } = {}) {
  const it = new World();
  const { job_id } = await it.submit(options, [planned('f.bin', { size_bytes: slices * 100 })]);
  return { it, job: job_id };
}

const one = async (agent: Agent, direction: 'send' | 'recv' = 'send'): Promise<Lease> => {
  const [lease] = await agent[direction]({ max_tasks: 1 });
  if (lease === undefined) throw new Error(`nothing for ${agent.options.name}`);
  return lease;
};

/** Time goes by for agents that stay alive. */
async function pass(it: World, ms: number, agents: readonly Agent[]): Promise<void> {
  for (let left = ms; left > 0; left -= 60_000) {
    it.now += Math.min(left, 60_000);
    for (const agent of agents) await agent.heartbeat();
  }
}

/** Fails it, waits until its own host gets it again although others live, and takes it. */
async function failAndTakeAgain(
  it: World,
  agent: Agent,
  lease: Lease,
  others: readonly Agent[] = [],
): Promise<Lease> {
  expect(outcomes(await agent.fail([lease], 'retry'))).toEqual(['ok']);
  await pass(it, (await backOff(it, lease)) + POLL_MS, [agent, ...others]);
  return one(agent);
}

async function backOff(it: World, { task_id }: Lease): Promise<number> {
  const { reason, expected_at_ms } = await it.explain(task_id);
  expect(reason).toBe('backing_off');
  return (expected_at_ms ?? 0) - it.now;
}

test('offers a task that failed on a host to other hosts first', async () => {
  const { it } = await world(1);
  const [sick, well] = [await it.agent('send'), await it.agent('send')];
  const bad = await one(sick);
  await sick.fail([bad], 'retry');
  it.now += BACKOFF_MS - 1;
  expect(await well.send()).toEqual([]);
  it.now += 1;
  const waits = await sick.take(sick.request('send'));
  expect([waits.leases, waits.waiting?.reason]).toEqual([[], 'no_work']);
  expect(await well.send({ zones: [] })).toEqual([]);
  const [taken] = await well.send();
  expect(taken?.task_id).toBe(bad.task_id);
  expect(outcomes(await well.complete([taken as Lease]))).toEqual(['ok']);

  // The same for what is received, in a domain of two hosts.
  const [ill, fine] = [
    await it.agent('recv', { domain: 'd' }),
    await it.agent('recv', { domain: 'd' }),
  ];
  await ill.fail([await one(ill, 'recv')], 'retry');
  it.now += 2 * BACKOFF_MS;
  expect(await ill.recv()).toEqual([]);
  expect(outcomes(await fine.complete([await one(fine, 'recv')]))).toEqual(['ok']);
});

test('gives a task back to the host that failed where no other took it meanwhile', async () => {
  const { it } = await world(1);
  const [sick, well] = [await it.agent('send'), await it.agent('send')];
  const bad = await one(sick);
  await sick.fail([bad], 'retry');
  it.now += BACKOFF_MS + POLL_MS - 1;
  expect(await sick.send()).toEqual([]);
  it.now += 1;
  expect((await one(sick)).task_id).toBe(bad.task_id);
  expect(await well.send()).toEqual([]);
});

test('gives a task up when it failed on three hosts, and says what happened on each', async () => {
  const { it, job } = await world(2);
  const hosts = ['h1', 'h2', 'h"3'];
  let bad: Lease | undefined;
  for (const host of hosts) {
    const agent = await it.agent('send', { host });
    bad = await one(agent);
    if (host === 'h1') bad = await failAndTakeAgain(it, agent, bad);
    expect(outcomes(await agent.fail([bad], 'retry'))).toEqual(['ok']);
    it.now += 60_000;
  }
  const failures = hosts.map((host) => ({
    host,
    attempts: host === 'h1' ? 2 : 1,
    last_error: 'test_reason: a test made it fail',
  }));
  const { tasks } = await it.call('TaskPage', 'GET', `/v1/tasks?job_id=${job}&state=failed`);
  expect(tasks).toEqual([
    expect.objectContaining({ task_id: bad?.task_id, attempts: 4, failures }) as unknown,
  ]);
  const explained = await it.explain(bad?.task_id ?? '');
  expect(explained).toMatchObject({ reason: 'failed', task: { failures } });
  expect((await it.job(job)).files.failed.count).toBe(1);
  expect(await driftOfTotals()).toEqual([]);

  await it.retry(job);
  expect((await it.explain(bad?.task_id ?? '')).task).toMatchObject({ attempts: 0, failures: [] });
  const again = await it.agent('send', { host: 'h1' });
  expect((await one(again)).task_id).toBe(bad?.task_id);
});

test('a sick host can not fail a task as long as another that reaches it has not tried', async () => {
  const { it } = await world(1);
  const sick = await it.agent('send');
  const well = await it.agent('send');
  // Which zones an agent reaches is known from its takes.
  await well.release(await well.send());
  let bad = await one(sick);
  for (let attempt = 1; attempt <= 7; attempt++) {
    bad = await failAndTakeAgain(it, sick, bad, [well]);
  }
  await sick.fail([bad], 'retry');
  expect((await it.explain(bad.task_id)).task).toMatchObject({ state: 'pending', attempts: 8 });
  await pass(it, await backOff(it, bad), [sick, well]);
  expect(outcomes(await well.complete([await one(well)]))).toEqual(['ok']);
});

test.each([
  ['nobody else is there', null],
  ['the others are told to take nothing', 'pause'],
  ['the others do not reach it', 'unreachable'],
] as const)('gives a task up after five attempts on one host where %s', async (_, other) => {
  const { it } = await world(1);
  const sick = await it.agent('send');
  const well = other === null ? null : await it.agent('send');
  if (well !== null && other === 'unreachable') await well.fail(await well.send(), 'unreachable');
  if (well !== null && other === 'pause') {
    await well.release(await well.send());
    await it.direct(well, 'pause');
  }
  let bad = await one(sick);
  for (let attempt = 1; attempt < 5; attempt++) {
    bad = await failAndTakeAgain(it, sick, bad, well === null ? [] : [well]);
  }
  await sick.fail([bad], 'retry');
  expect((await it.explain(bad.task_id)).task).toMatchObject({ state: 'failed', attempts: 5 });
});

test('gives a task up in the end, though a host lives that never takes it', async () => {
  const it = new World({ ATTEMPTS_MAX: '2', FAILED_HOSTS_MAX: '2' });
  await it.submit({}, [planned('f.bin', { size_bytes: 100 })]);
  const idle = await it.agent('send');
  await idle.release(await idle.send());
  const sick = await it.agent('send');
  let bad = await one(sick);
  for (let attempt = 1; attempt < 4; attempt++) {
    bad = await failAndTakeAgain(it, sick, bad, [idle]);
  }
  await sick.fail([bad], 'retry');
  expect((await it.explain(bad.task_id)).task).toMatchObject({ state: 'failed', attempts: 4 });
});

test('does not steal back what failed on its host a moment ago', async () => {
  const it = new World({ STEAL_FACTOR: '1', STEAL_MIN_MS: '1000' });
  await it.submit({}, [planned('f.bin', { size_bytes: 100 })]);
  const [sick, slow] = [await it.agent('send'), await it.agent('send')];
  // The back-off of a second failure is long enough for a lease to become old.
  let bad = await one(sick);
  await sick.heartbeat([], 1_000_000);
  bad = await failAndTakeAgain(it, sick, bad);
  await sick.fail([bad], 'retry');
  it.now += 2 * BACKOFF_MS;
  const held = await one(slow);
  it.now += POLL_MS - 1;
  await slow.heartbeat([held], 1_000_000);
  expect(await sick.send()).toEqual([]);
  it.now += 1;
  expect((await one(sick)).task_id).toBe(held.task_id);
});

test('poison tasks never stop the others', async () => {
  const it = new World();
  const names = Array.from({ length: 12 }, (_, i) => `${i % 4 === 0 ? 'poison' : 'good'}${i}.bin`);
  const { job_id: job } = await it.submit(
    { windowBytes: 400 },
    names.map((name) => planned(name, { size_bytes: 100 })),
  );
  const senders = await Promise.all(['a', 'b', 'c', 'd'].map((host) => it.agent('send', { host })));
  const receiver = await it.agent('recv');
  for (let round = 0; round < 40 && (await it.job(job)).state !== 'done'; round++) {
    for (const sender of senders) {
      const leases = await sender.send({ max_tasks: 2 });
      const poison = ({ virtual_path }: Lease) => virtual_path.startsWith('poison');
      const good = leases.filter((lease) => !poison(lease));
      if (good.length > 0) await sender.complete(good);
      if (good.length < leases.length) await sender.fail(leases.filter(poison), 'retry');
      await sender.heartbeat();
    }
    await receiver.heartbeat();
    const received = await receiver.recv();
    if (received.length > 0) await receiver.complete(received);
    const whole = await receiver.takePlacing();
    if (whole.length > 0) await receiver.placed(whole);
    const garbage = await receiver.takeGarbage();
    if (garbage.length > 0) await receiver.deleted(garbage);
    it.now += POLL_MS;
  }
  const { state, files, window_used_bytes } = await it.job(job);
  expect([state, files.done.count, files.failed.count]).toEqual(['done', 9, 3]);
  expect(window_used_bytes).toBe(0);
  const { tasks } = await it.call('TaskPage', 'GET', `/v1/tasks?job_id=${job}&state=failed`);
  expect(tasks.map(({ failures }) => failures.length)).toEqual([3, 3, 3]);
  expect(await driftOfTotals()).toEqual([]);
});

/** An agent that has just failed at ten tasks in a row. */
async function failedAtTen(it: World): Promise<Agent> {
  const agent = await it.agent('send', { name: 'sick' });
  const leases = await agent.send({ max_tasks: 10 });
  expect(leases).toHaveLength(10);
  await agent.fail(leases, 'retry');
  return agent;
}

const failingTasks = async (it: World, { options }: Agent) =>
  (await it.status()).agents.find(({ name }) => name === options.name)?.failing_tasks;

test('a host on which everything fails gets one task a minute, until one succeeds', async () => {
  const { it } = await world(40);
  const sick = await failedAtTen(it);
  expect(await failingTasks(it, sick)).toBe(10);
  const metrics = await it.raw('/metrics', {
    headers: { Authorization: 'Bearer test-read-token' },
  });
  expect(await metrics.text()).toContain('syncmate_agents_failing 1\n');
  await pass(it, PROBE_MS - 1, [sick]);
  const waits = await sick.take(sick.request('send'));
  expect(waits).toEqual({ leases: [], waiting: { reason: 'failing', retry_after_ms: 1 } });

  it.now += 1;
  const request = sick.request('send');
  const { leases } = await sick.take(request);
  // Not one that failed before: it would not say whether the host is well again.
  expect(leases.map(({ task_id }) => task_id.split('-')[1])).toEqual(['10']);
  expect((await sick.take(request)).leases).toEqual(leases);
  expect((await sick.take(sick.request('send'))).waiting?.reason).toBe('failing');
  await pass(it, PROBE_MS - 1, [sick]);
  await sick.fail(leases, 'retry');
  it.now += 1;
  expect((await sick.take(sick.request('send'))).waiting?.reason).toBe('failing');

  await pass(it, PROBE_MS, [sick]);
  const [probe, ...more] = await sick.send();
  expect(more).toEqual([]);
  expect(outcomes(await sick.complete([probe as Lease]))).toEqual(['ok']);
  expect(await failingTasks(it, sick)).toBe(0);
  expect((await sick.send()).length).toBeGreaterThan(10);
});

test('a success in between, or the same task again and again, is not a host on which everything fails', async () => {
  const { it } = await world(40);
  const agent = await it.agent('send');
  const leases = await agent.send({ max_tasks: 18 });
  await agent.fail(leases.slice(0, 9), 'retry');
  expect(await failingTasks(it, agent)).toBe(9);
  await agent.fail(leases.slice(0, 9), 'retry');
  expect(await failingTasks(it, agent)).toBe(9);
  await agent.complete(leases.slice(9, 10));
  await agent.fail(leases.slice(10), 'retry');
  expect(await failingTasks(it, agent)).toBe(8);
  expect(await agent.send()).not.toEqual([]);
});

test('a host on which everything fails keeps no dearer one away, and is said to be why a task waits', async () => {
  const { it } = await world(40);
  const sick = await failedAtTen(it);
  const waiting = '39';
  const { tasks } = await it.call(
    'TaskPage',
    'GET',
    `/v1/tasks?job_id=${(await it.status()).jobs[0]?.job_id ?? ''}`,
  );
  const file = tasks[0]?.file_id ?? '';
  expect(await it.explain(`${file}-${waiting}`)).toMatchObject({
    reason: 'agents_failing',
    detail: expect.stringContaining('sick') as string,
  });
  const remote = await it.agent('send');
  const dear = await remote.send({ zones: [], dear_zones: [ZONE], max_tasks: 1 });
  expect(dear).toHaveLength(1);
  await sick.heartbeat();
});
