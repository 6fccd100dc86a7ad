// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { newJobId, outcomes, planned, World, ZONE } from '../testing/world';

const LEASE_MS = 180_000;

beforeEach(clear);

/** Asserts that the call, repeated, is answered the same and changes nothing. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
  const first = await call();
  const before = await dump();
  expect(await call()).toEqual(first);
  expect(await dump()).toBe(before);
  return first;
}

const reason = async (world: World, method: string, path: string, body?: unknown) =>
  (await world.problem(method, path, { body })).type.split(':').at(-1);

test('hands out nothing of a paused job, lets go on what is leased, and resumes', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [
    planned('a.bin'),
    planned('grown.bin', { mode: 'unresolved', target_size_bytes: 10 }),
  ]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const [uploaded, uploading] = await sender.send({ max_tasks: 2 });
  await sender.complete(uploaded === undefined ? [] : [uploaded]);
  expect(await twice(() => world.control(job, 'pause'))).toMatchObject({ control: 'paused' });

  for (const request of [sender.request('send'), receiver.request('recv')]) {
    expect(await sender.take({ ...request, session_id: request.session_id })).toMatchObject({
      leases: [],
      waiting: { reason: 'paused' },
    });
  }
  expect(await sender.takeResolving()).toEqual([]);
  expect((await sender.heartbeat(uploading === undefined ? [] : [uploading])).lost).toEqual([]);
  expect(outcomes(await sender.complete(uploading === undefined ? [] : [uploading]))).toEqual([
    'ok',
  ]);

  expect(await twice(() => world.control(job, 'resume'))).toMatchObject({ control: 'run' });
  expect(await sender.send()).toHaveLength(1);
  expect(await receiver.recv()).toHaveLength(2);
  expect(await sender.takeResolving()).toHaveLength(1);
});

test('another job goes on while one is paused', async () => {
  const world = new World();
  const paused = await world.submit({}, [planned('a.bin')]);
  await world.submit({}, [planned('b.bin')]);
  await world.control(paused.job_id, 'pause');
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const leases = await sender.send();
  expect(new Set(leases.map(({ virtual_path }) => virtual_path.slice(0, 1)))).toEqual(
    new Set(['b']),
  );
  await sender.complete(leases);
  const received = await receiver.recv();
  expect(received).toHaveLength(3);
  await receiver.complete(received);
  expect(await receiver.takePlacing()).toHaveLength(1);
});

test('cancels a job: leases are lost, objects become garbage, the window is credited in the end', async () => {
  const world = new World();
  const files = Array.from({ length: 450 }, (_, i) => planned(`f${i}.bin`));
  const { job_id: job } = await world.submit({}, [
    ...files,
    planned('grown.bin', { mode: 'unresolved', target_size_bytes: 10 }),
  ]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const leases = await sender.send({ max_tasks: 12 });
  await sender.complete(leases.slice(0, 6));
  const received = await receiver.recv({ max_tasks: 3 });
  await receiver.complete(received);
  const placing = await receiver.takePlacing();
  const more = await receiver.recv({ max_tasks: 1 });
  expect([placing.length, more.length]).toEqual([1, 1]);

  const cancelled = await twice(() => world.control(job, 'cancel'));
  expect(cancelled).toMatchObject({ state: 'done', control: 'cancelled' });
  expect(cancelled.files.failed.count).toBe(451);
  expect(await driftOfTotals()).toEqual([]);
  const held = leases.slice(6);
  expect((await sender.heartbeat(held)).lost.sort()).toEqual(
    held.map(({ task_id }) => task_id).sort(),
  );
  expect(outcomes(await sender.complete(held))).toEqual(held.map(() => 'lease_stale'));
  expect(outcomes(await receiver.placed(placing))).toEqual(['lease_stale']);
  expect(await sender.send()).toEqual([]);

  // What somebody may still be writing is deleted a lease later.
  const first = await receiver.takeGarbage();
  await receiver.deleted(first);
  expect((await world.job(job)).window_used_bytes).toBeGreaterThan(0);
  world.now += LEASE_MS;
  const late = await world.agent('recv');
  await late.deleted(await late.takeGarbage());
  expect((await world.job(job)).window_used_bytes).toBe(0);
  expect(await driftOfTotals()).toEqual([]);
});

test('a cancelled job takes no file, no pause, and comes back by a retry', async () => {
  const world = new World();
  const open = await world.submit({}, [planned('a.bin')], false);
  const job = open.job_id;
  await world.control(job, 'cancel');
  const { results } = await world.call('BatchReply', 'POST', `/v1/jobs/${job}/files`, {
    body: { files: [planned('a.bin'), planned('late.bin')] },
  });
  expect(outcomes({ results })).toEqual(['ok', 'job_sealed']);
  for (const verb of ['pause', 'resume']) {
    expect(await reason(world, 'POST', `/v1/jobs/${job}/${verb}`)).toBe('job_cancelled');
  }
  const back = await twice(() => world.retry(job));
  expect(back).toMatchObject({ state: 'open', control: 'run' });
  expect(back.files.transferring.count).toBe(1);
  expect(await (await world.agent('send')).send()).toHaveLength(3);
});

test('a job cancelled before all of its plan came takes the rest once it is brought back, by an admin only', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [], false);
  expect(await world.control(job, 'cancel')).toMatchObject({ state: 'done', control: 'cancelled' });
  for (const role of ['send', 'recv'] as const) {
    const body = { job_id: job, task_ids: null };
    const refused = await world.problem('POST', '/v1/tasks/retry', { body, as: role });
    expect(refused.type).toMatch(/:job_cancelled$/);
  }
  expect(await world.retry(job)).toMatchObject({ state: 'open', control: 'run' });
  await world.call('BatchReply', 'POST', `/v1/jobs/${job}/files`, {
    body: { files: [planned('a.bin')] },
  });
  const sealed = await world.call('JobStatus', 'POST', `/v1/jobs/${job}/seal`, {
    body: { file_count: 1 },
  });
  expect(sealed).toMatchObject({ state: 'active', files: { transferring: { count: 1 } } });
  expect(await driftOfTotals()).toEqual([]);
});

test('a job cancelled after its seal is sealed when it comes back', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  await world.control(job, 'cancel');
  expect(await world.retry(job)).toMatchObject({ state: 'active', control: 'run' });
});

test('agents may have the failed files of their job tried again', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  const sender = await world.agent('send');
  await sender.fail(await sender.send({ max_tasks: 1 }), 'permanent');
  expect((await world.job(job)).files.failed.count).toBe(1);
  const body = { job_id: job, task_ids: null };
  const again = await world.call('JobStatus', 'POST', '/v1/tasks/retry', { body, as: 'recv' });
  expect(again.files).toMatchObject({ failed: { count: 0 }, transferring: { count: 1 } });
});

test('retries failed tasks with their attempts forgotten; what was received stays', async () => {
  const world = new World({ ATTEMPTS_MAX: '1' });
  const { job_id: job } = await world.submit({}, [
    planned('a.bin', { size_bytes: 400 }),
    planned('b.bin', { size_bytes: 100 }),
  ]);
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const of = (name: string, leases: Awaited<ReturnType<typeof sender.send>>) =>
    leases.filter(({ virtual_path }) => virtual_path.startsWith(name));
  const first = await sender.send({ max_tasks: 2 });
  expect(of('a', first)).toHaveLength(2);
  await sender.complete(first);
  await receiver.complete(await receiver.recv({ max_tasks: 1 }));
  const rest = await sender.send({ max_tasks: 1 });
  await sender.fail(rest, 'permanent');
  const failed = await world.job(job);
  expect(failed.tasks).toMatchObject({ failed: { count: 3 }, downloaded: { count: 1 } });
  await sender.complete(of('b', await sender.send()));

  const again = await twice(() => world.retry(job, [rest[0]?.task_id ?? '']));
  expect(again.tasks).toMatchObject({
    failed: { count: 0 },
    downloaded: { count: 1 },
    pending: { count: 3 },
  });
  expect(again.files.transferring.count).toBe(2);
  expect(await driftOfTotals()).toEqual([]);
  const leases = await sender.send();
  expect(leases).toHaveLength(3);
  await sender.complete(leases);
  await receiver.complete(await receiver.recv());
  const placing = await receiver.takePlacing();
  expect(placing.map(({ slices }) => slices.length).sort()).toEqual([1, 4]);
  await receiver.placed(placing, 'failed');
  expect((await world.job(job)).state).toBe('done');

  const placingAgain = await twice(() => world.retry(job));
  expect(placingAgain).toMatchObject({ state: 'active', files: { placing: { count: 2 } } });
  await receiver.placed(await receiver.takePlacing());
  expect((await world.job(job)).files.done.count).toBe(2);
  expect(await driftOfTotals()).toEqual([]);
});

test('refuses what names no job, task or agent, and changes nothing', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin')]);
  const before = await dump();
  const job = newJobId();
  for (const verb of ['pause', 'resume', 'cancel']) {
    expect(await reason(world, 'POST', `/v1/jobs/${job}/${verb}`)).toBe('job_unknown');
  }
  const retry = (body: unknown) => reason(world, 'POST', '/v1/tasks/retry', body);
  expect(await retry({ job_id: job, task_ids: null })).toBe('job_unknown');
  expect(await reason(world, 'GET', '/v1/tasks/99-0')).toBe('task_unknown');
  expect(
    await reason(world, 'POST', '/v1/agents/directive', { name: 'nobody', directive: 'pause' }),
  ).toBe('agent_unknown');
  expect(await dump()).toBe(before);
  const known = await world.submit({}, [planned('b.bin')]);
  expect(await retry({ job_id: known.job_id, task_ids: ['1-9999'] })).toBe('task_unknown');
});

test('tells agents by name to pause, drain and work, and hands them nothing meanwhile', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { size_bytes: 1000 })]);
  const sender = await world.agent('send', { name: 'da5' });
  const other = await world.agent('send', { name: 'da4' });
  const request = sender.request('send', { max_tasks: 2 });
  const { leases } = await sender.take(request);
  for (const directive of ['pause', 'drain'] as const) {
    expect(await twice(() => world.direct(sender, directive))).toBe(1);
    expect(await sender.heartbeat(leases)).toMatchObject({ directive, lost: [] });
    expect(await sender.take(sender.request('send'))).toMatchObject({
      waiting: { reason: 'paused' },
    });
  }
  expect((await sender.take(request)).leases).toEqual(leases);
  expect((await other.heartbeat()).directive).toBe('work');
  expect(await other.send({ max_tasks: 1 })).toHaveLength(1);
  await world.direct(sender, 'work');
  expect((await sender.heartbeat(leases)).directive).toBe('work');
  expect(await sender.send({ max_tasks: 1 })).toHaveLength(1);
});

test('lists jobs, newest first, and agents, page by page', async () => {
  const world = new World();
  const ids: string[] = [];
  for (let i = 0; i < 102; i++) ids.push((await world.submit({}, [])).job_id);
  const first = await world.call('JobPage', 'GET', '/v1/jobs');
  expect(first.jobs.map(({ job_id }) => job_id)).toEqual(ids.slice(2).reverse());
  const second = await world.call('JobPage', 'GET', `/v1/jobs?after=${first.next ?? ''}`);
  expect(second).toMatchObject({ jobs: [{ job_id: ids[1] }, { job_id: ids[0] }], next: null });

  const gone = await world.agent('send', { name: 'gone' });
  world.now += LEASE_MS;
  const live = await world.agent('recv', { name: 'live' });
  const ended = await world.agent('send', { name: 'ended' });
  await ended.end();
  await live.recv();
  const { agents, next } = await world.call('AgentPage', 'GET', '/v1/agents');
  expect(agents.map(({ name, state }) => [name, state]).sort()).toEqual([
    ['gone', 'expired'],
    ['live', 'live'],
  ]);
  expect(agents.map(({ session_id }) => session_id)).toContain(gone.sessionId);
  expect(next).toBeNull();
});

test('explains why a task is not further', async () => {
  const world = new World({ ATTEMPTS_MAX: '2', FAIL_BACKOFF_MS: '7000' });
  const { job_id: job } = await world.submit({ windowBytes: 200 }, [planned('a.bin')]);
  const page = () => world.call('TaskPage', 'GET', `/v1/tasks?job_id=${job}`);
  const file = (await world.call('FilePage', 'GET', `/v1/files?job_id=${job}`)).files[0]?.file_id;
  const task = (slice: number) => `${file ?? ''}-${slice}`;
  const why = async (slice: number) => (await world.explain(task(slice))).reason;

  expect(await why(0)).toBe('no_agent');
  const sender = await world.agent('send', { host: 'h1', name: 'da5' });
  await sender.send({ zones: ['/elsewhere'] });
  expect(await world.explain(task(0))).toMatchObject({
    reason: 'not_reachable',
    detail: expect.stringContaining(ZONE) as string,
    task: { state: 'pending', lease_epoch: 0, length_bytes: 100 },
  });
  const leases = await sender.send();
  expect(leases).toHaveLength(2);
  expect(await world.explain(task(0))).toMatchObject({
    reason: 'leased',
    detail: expect.stringContaining('da5') as string,
    expected_at_ms: world.now + LEASE_MS,
  });
  expect(await why(2)).toBe('window_full');
  await world.direct(sender, 'pause');
  expect(await why(2)).toBe('agents_paused');
  await world.direct(sender, 'work');
  await world.control(job, 'pause');
  expect(await why(2)).toBe('job_paused');
  await world.control(job, 'resume');
  await sender.fail(leases.slice(1), 'retry');
  expect(await world.explain(task(1))).toMatchObject({
    reason: 'backing_off',
    expected_at_ms: world.now + 7000,
  });

  await sender.complete(leases.slice(0, 1));
  expect(await why(0)).toBe('no_agent');
  const receiver = await world.agent('recv', { domain: 'd1' });
  expect(await why(0)).toBe('queued');
  expect(await receiver.recv({ free_bytes: 0 })).toEqual([]);
  expect(await why(0)).toBe('no_space');
  const received = await receiver.recv({ free_bytes: 1000 });
  await receiver.complete(received);
  expect(await why(0)).toBe('placing');
  await receiver.deleted(await receiver.takeGarbage());
  world.now += 7000;
  expect(await why(1)).toBe('backing_off');
  world.now += 5000;
  expect(await why(1)).toBe('queued');
  await sender.fail(await sender.send({ max_tasks: 1 }), 'unreachable');
  expect(await world.explain(task(1))).toMatchObject({
    reason: 'not_reachable',
    detail: expect.stringContaining('h1') as string,
  });
  const elsewhere = await world.agent('send', { host: 'h2' });
  await elsewhere.complete(await elsewhere.send({ max_tasks: 1 }));
  await receiver.end();
  await world.agent('recv', { domain: 'd2' });
  expect(await why(1)).toBe('other_domain');
  await world.control(job, 'cancel');
  expect(await why(1)).toBe('failed');
  expect(await why(0)).toBe('failed');
  expect((await page()).tasks).not.toHaveLength(0);
});

test('prints metrics that Prometheus reads', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  const sender = await world.agent('send');
  await sender.send({ max_tasks: 1 });
  await sender.heartbeat([], 1234);
  const response = await world.raw('/metrics', {
    headers: { Authorization: 'Bearer test-read-token' },
  });
  expect(response.headers.get('Content-Type')).toContain('version=0.0.4');
  const text = await response.text();
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) syncmate_\w+ .+|syncmate_\w+(\{(\w+="\w+",?)+\})? \d+)$/);
  }
  expect(text).toContain('syncmate_tasks{state="uploading"} 1\n');
  expect(text).toContain('syncmate_tasks{state="pending"} 2\n');
  expect(text).toContain(`syncmate_window_used_bytes{job="${job.slice(0, 16)}"} 100\n`);
  expect(text).toContain('syncmate_agents{role="send",state="live"} 1\n');
  expect(text).toContain('syncmate_upload_bytes_per_second 1234\n');
});

test('tells an agent of another contract version what to do, whatever else it sends', async () => {
  const world = new World();
  const sender = await world.agent('send');
  const register = (body: unknown) => world.problem('POST', '/v1/agents', { body });
  const newer = await register({ ...sender.registration(), contract_version: 2, new_field: [] });
  expect(newer).toMatchObject({
    status: 426,
    type: expect.stringMatching(/contract_unsupported$/) as string,
  });
  expect(newer.detail).toContain('Deploy the coordinator');
  const older = await register({ contract_version: 0 });
  expect(older).toMatchObject({ status: 426 });
  expect(older.detail).toContain('agent.jar');
  expect((await register({ ...sender.registration(), contract_version: '1' })).status).toBe(400);
});
