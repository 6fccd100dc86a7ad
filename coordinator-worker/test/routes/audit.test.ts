// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test, vi } from 'vitest';
import { clear } from '../testing/dump';
import { newJobId, planned, World } from '../testing/world';

beforeEach(clear);

const pageOf = (world: World, query = '') => world.call('AuditPage', 'GET', `/v1/audit${query}`);

async function entries(world: World) {
  return (await pageOf(world)).entries;
}

test('records each call of an operator: who, when, what, with which answer', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  const sender = await world.agent('send', { name: 'da5' });
  await sender.send();
  const calls: readonly (readonly [string, unknown, string, string])[] = [
    [`/v1/jobs/${job}/pause`, undefined, 'pauseJob', `job ${job}`],
    [`/v1/jobs/${job}/resume`, undefined, 'resumeJob', `job ${job}`],
    ['/v1/tasks/retry', { job_id: job, task_ids: null }, 'retry', `job ${job}: all failed files`],
    ['/v1/agents/directive', { name: 'da5', directive: 'drain' }, 'direct', 'agent da5: drain'],
    ['/v1/admin/recount', undefined, 'recount', ''],
    [`/v1/jobs/${job}/cancel`, undefined, 'cancelJob', `job ${job}`],
    ['/v1/admin/recount', undefined, 'recount', ''],
  ];
  for (const [path, body, call, subject] of calls) {
    world.now += 1000;
    const response = await world.raw(path, {
      method: 'POST',
      headers: { Authorization: 'Bearer test-admin-token' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status, path).toBe(200);
    expect((await entries(world))[0], path).toMatchObject({
      at_ms: world.now,
      token_name: 'test-admin',
      token_role: 'admin',
      call,
      subject,
      status: 200,
      request_id: response.headers.get('X-Request-Id'),
    });
  }
  expect(await entries(world)).toHaveLength(calls.length);
});

test('records a refused call with the status of its answer', async () => {
  const world = new World();
  const job = newJobId();
  for (const [path, body] of [
    [`/v1/jobs/${job}/pause`, undefined],
    [`/v1/jobs/${job}/cancel`, undefined],
    ['/v1/tasks/retry', { job_id: job, task_ids: null }],
    ['/v1/agents/directive', { name: 'nobody', directive: 'pause' }],
  ] as const) {
    expect((await world.problem('POST', path, { body })).status, path).toBe(404);
    expect((await entries(world))[0]?.status, path).toBe(404);
  }
  expect(await entries(world)).toHaveLength(4);
});

test('records nothing of calls that read, that agents make, or that are not an operator’s', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  const sender = await world.agent('send');
  await sender.complete(await sender.send());
  await world.status();
  await world.problem('POST', `/v1/jobs/${job}/pause`, { as: 'send' });
  await world.problem('POST', '/v1/jobs/NOT-A-JOB/pause');
  await world.problem('POST', '/v1/tasks/retry', { body: { surprise: 1 } });
  expect((await world.problem('GET', '/v1/audit', { as: 'read' })).status).toBe(403);
  expect(await entries(world)).toEqual([]);
});

/** A database whose transactions fail where `spoils` says so, before or after they were made. */
function faulty(when: 'before' | 'after', spoils: (batch: number) => boolean): D1Database {
  let batches = 0;
  return {
    prepare: (sql: string) => env.DB.prepare(sql),
    batch: async (statements: D1PreparedStatement[]) => {
      batches += 1;
      const spoilt = spoils(batches);
      if (spoilt && when === 'before') throw new Error('D1_ERROR: D1 DB is overloaded.');
      const results = await env.DB.batch(statements);
      if (spoilt) throw new Error('D1_ERROR: Network connection lost.');
      return results;
    },
  } as unknown as D1Database;
}

test('writes the row in the transaction of the change: both or neither', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  vi.spyOn(console, 'error').mockImplementation(() => {});

  const failing = new World({ DB: faulty('before', () => true) });
  expect((await failing.problem('POST', `/v1/jobs/${job}/pause`)).status).toBe(503);
  expect((await world.job(job)).control).toBe('run');
  expect(await entries(world)).toEqual([]);

  const losing = new World({ DB: faulty('after', () => true) });
  expect((await losing.problem('POST', `/v1/jobs/${job}/pause`)).status).toBe(503);
  expect((await world.job(job)).control).toBe('paused');
  expect((await entries(world)).map(({ call }) => call)).toContain('pauseJob');
});

test('corrects the row where a later part of the call fails', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const failing = new World({ DB: faulty('before', (batch) => batch === 2) });
  expect((await failing.problem('POST', `/v1/jobs/${job}/cancel`)).status).toBe(503);
  expect(await entries(world)).toMatchObject([{ call: 'cancelJob', status: 503 }]);
  expect((await world.job(job)).control).toBe('cancelled');
});

test('costs one row written a call', async () => {
  const world = new World();
  const { job_id: job } = await world.submit({}, [planned('a.bin')]);
  await world.control(job, 'pause');
  world.meter.reset();
  await world.control(job, 'pause');
  expect(world.meter.rowsWritten).toBe(1);
});

test('pages through the rows, newest first, and keeps the last 10,000', async () => {
  const world = new World();
  await env.DB.prepare(
    `INSERT INTO audit (at_ms, token_name, token_role, call, subject, status, request_id)
     SELECT value, 'x', 'admin', 'recount', '', 200, 'r' FROM (
       WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 10005)
       SELECT value FROM n)`,
  ).run();
  await world.call('RecountReport', 'POST', '/v1/admin/recount');
  const times: number[] = [];
  let next: string | null = null;
  do {
    const page = await pageOf(world, next === null ? '' : `?after=${next}`);
    times.push(...page.entries.map((entry) => entry.at_ms));
    next = page.next;
  } while (next !== null);
  expect(times).toHaveLength(10_000);
  expect(times).toEqual([world.now, ...Array.from({ length: 9_999 }, (_, i) => 10_005 - i)]);
});
