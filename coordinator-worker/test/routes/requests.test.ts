// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { dump, EVERYTHING } from '../testing/dump';
import { newJobId, planned, World } from '../testing/world';

const SESSION = 's-0123456789';
const CALLS: readonly (readonly [string, string])[] = [
  ['POST', '/v1/agents'],
  ['POST', `/v1/agents/${SESSION}/heartbeat`],
  ['DELETE', `/v1/agents/${SESSION}`],
  ['POST', '/v1/jobs'],
  ['GET', '/v1/jobs/0123456789abcdef'],
  ['POST', '/v1/jobs/0123456789abcdef/files'],
  ['POST', '/v1/jobs/0123456789abcdef/seal'],
  ['GET', '/v1/jobs'],
  ['POST', '/v1/jobs/0123456789abcdef/pause'],
  ['POST', '/v1/jobs/0123456789abcdef/resume'],
  ['POST', '/v1/jobs/0123456789abcdef/cancel'],
  ['GET', '/v1/agents'],
  ['POST', '/v1/agents/directive'],
  ['GET', '/v1/tasks/1-0'],
  ['POST', '/v1/tasks/retry'],
  ['GET', '/metrics'],
  ['POST', '/v1/admin/recount'],
  ['GET', '/v1/admin/recount'],
  ['GET', '/v1/audit'],
  ['GET', '/v1/tokens'],
  ['POST', '/v1/tokens'],
  ['DELETE', '/v1/tokens/1'],
  ['POST', '/v1/leases'],
  ['GET', '/v1/tasks?job_id=0123456789abcdef'],
  ['POST', '/v1/tasks/complete'],
  ['POST', '/v1/tasks/fail'],
  ['POST', '/v1/tasks/release'],
  ['GET', '/v1/files?job_id=0123456789abcdef'],
  ['POST', '/v1/files/take-resolving'],
  ['POST', '/v1/files/resolved'],
  ['POST', '/v1/files/take-proving'],
  ['POST', '/v1/files/slices'],
  ['POST', '/v1/files/proved'],
  ['POST', '/v1/files/take-placing'],
  ['POST', '/v1/files/placed'],
  ['POST', '/v1/garbage/take'],
  ['POST', '/v1/garbage/take-sweep'],
  ['POST', '/v1/garbage/listed'],
  ['POST', '/v1/garbage/deleted'],
  ['GET', '/status'],
];

test('answers health to everybody', async () => {
  const world = new World();
  const response = await world.raw('/healthz');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok', contract_version: 1 });
});

test('refuses every call without a known token and changes nothing', async () => {
  const world = new World();
  const job = { job_id: newJobId(), slice_size_bytes: 10, window_bytes: 100 };
  const before = await dump(EVERYTHING);
  const wrong = [
    undefined,
    'Bearer wrong',
    'Bearer ',
    'Basic dGVzdC1hZG1pbi10b2tlbg==',
    'test-admin-token',
    'Bearer test-admin-toke',
    'Bearer test-admin-token x',
  ];
  for (const [method, path] of CALLS) {
    for (const authorization of wrong) {
      const response = await world.raw(path, {
        method,
        headers: authorization === undefined ? {} : { Authorization: authorization },
        ...(method === 'POST' ? { body: JSON.stringify(job) } : {}),
      });
      expect(response.status, `${method} ${path}`).toBe(401);
      expect(response.headers.get('WWW-Authenticate')).toContain('Bearer');
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ type: 'urn:syncmate:problem:unauthorized' });
      expect(text).not.toContain('wrong');
    }
  }
  expect(await dump(EVERYTHING)).toBe(before);
});

test('refuses what a role does not permit', async () => {
  const world = new World();
  const job = { job_id: newJobId(), slice_size_bytes: 10, window_bytes: 100 };
  for (const [method, path] of CALLS.filter(([method]) => method !== 'GET')) {
    const problem = await world.problem(method, path, {
      as: 'read',
      ...(method === 'POST' ? { body: job } : {}),
    });
    expect(problem.type, `${method} ${path}`).toBe('urn:syncmate:problem:forbidden');
  }
  const forbidden = async (as: 'send' | 'recv', path: string, body: unknown) =>
    (await world.problem('POST', path, { as, body })).type;
  const type = 'urn:syncmate:problem:forbidden';
  expect(await forbidden('recv', '/v1/files/take-resolving', {})).toBe(type);
  expect(await forbidden('send', '/v1/files/take-placing', {})).toBe(type);
  expect(await forbidden('send', '/v1/garbage/take', {})).toBe(type);
  const sender = await world.agent('send');
  expect(await forbidden('recv', '/v1/leases', sender.request('send'))).toBe(type);
  const registration = { ...sender.registration(), session_id: 's-another-one' };
  expect(await forbidden('recv', '/v1/agents', registration)).toBe(type);
  expect(await forbidden('send', '/v1/agents', { ...registration, role: 'both' })).toBe(type);
  for (const as of ['both', 'admin'] as const) {
    const answer = await world.attempt('POST', '/v1/agents', {
      as,
      body: { ...registration, session_id: `s-${as}-session`, role: 'both' },
    });
    expect(answer.status).toBe(200);
  }
  for (const as of ['send', 'recv', 'both', 'admin'] as const) {
    expect((await world.attempt('POST', '/v1/jobs', { as, body: job })).status).toBe(200);
  }
  for (const as of ['send', 'recv', 'both', 'admin', 'read'] as const) {
    expect((await world.attempt('GET', '/status', { as })).status).toBe(200);
  }
});

test('refuses a session whose role does not fit the call', async () => {
  const world = new World();
  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const refused = async (path: string, body: unknown) =>
    (await world.problem('POST', path, { body })).type.split(':').at(-1);
  expect(await refused('/v1/leases', sender.request('recv'))).toBe('role_mismatch');
  expect(await refused('/v1/leases', receiver.request('send'))).toBe('role_mismatch');
  const take = { session_id: sender.sessionId, request_id: 'request-1', max_files: 1 };
  expect(await refused('/v1/files/take-placing', take)).toBe('role_mismatch');
});

test('answers malformed requests with a problem that says where', async () => {
  const world = new World();
  const post = async (path: string, body: BodyInit, headers: Record<string, string> = {}) => {
    const response = await world.raw(path, {
      method: 'POST',
      headers: { Authorization: 'Bearer test-admin-token', ...headers },
      body,
    });
    const problem: { type: string; detail: string; request_id: string } = await response.json();
    expect(problem.request_id).toBe(response.headers.get('X-Request-Id'));
    return [response.status, problem.type.split(':').at(-1), problem.detail] as const;
  };
  const job = { job_id: newJobId(), slice_size_bytes: 10, window_bytes: 100 };
  const before = await dump(EVERYTHING);
  expect((await post('/v1/jobs', '')).slice(0, 2)).toEqual([400, 'malformed_json']);
  expect((await post('/v1/jobs', '{"job_id"')).slice(0, 2)).toEqual([400, 'malformed_json']);
  expect((await post('/v1/jobs', new Uint8Array([0x22, 0xff, 0x22]))).slice(0, 2)).toEqual([
    400,
    'malformed_json',
  ]);
  const invalid: readonly (readonly [unknown, RegExp])[] = [
    [null, /type/i],
    [[], /type/i],
    ['text', /type/i],
    [{}, /window_bytes/],
    [{ ...job, surprise: 1 }, /surprise/],
    [{ ...job, job_id: "' OR 1=1 --" }, /job_id/],
    [{ ...job, job_id: 5 }, /job_id/],
    [{ ...job, slice_size_bytes: 0 }, /slice_size_bytes/],
    [{ ...job, slice_size_bytes: 1.5 }, /slice_size_bytes/],
    [{ ...job, window_bytes: 9_007_199_254_740_992 }, /window_bytes/],
    [{ ...job, window_bytes: '100' }, /window_bytes/],
  ];
  for (const [body, detail] of invalid) {
    const answer = await post('/v1/jobs', JSON.stringify(body));
    expect(answer.slice(0, 2), JSON.stringify(body)).toEqual([400, 'invalid_request']);
    expect(answer[2]).toMatch(detail);
  }
  const files = Array.from({ length: 501 }, (_, i) => planned(`f${i}`));
  expect((await post(`/v1/jobs/${job.job_id}/files`, JSON.stringify({ files })))[1]).toBe(
    'invalid_request',
  );
  expect((await post('/v1/jobs/NOT-A-JOB/files', '{}'))[1]).toBe('invalid_request');
  expect((await post('/v1/agents/x/heartbeat', '{}'))[1]).toBe('invalid_request');
  const large = 'x'.repeat(16 * 1024 * 1024 + 1);
  expect((await post('/v1/jobs', large)).slice(0, 2)).toEqual([413, 'body_too_large']);
  expect(await dump(EVERYTHING)).toBe(before);
});

test('answers unknown paths, methods and queries with problems', async () => {
  const world = new World();
  expect((await world.problem('GET', '/v1/nothing')).status).toBe(404);
  expect((await world.problem('POST', '/')).status).toBe(404);
  const wrongMethod = await world.raw('/v1/leases', {
    method: 'PUT',
    headers: { Authorization: 'Bearer test-admin-token' },
  });
  expect(wrongMethod.status).toBe(405);
  expect(wrongMethod.headers.get('Allow')).toBe('POST');
  expect(await wrongMethod.json()).toMatchObject({
    type: 'urn:syncmate:problem:method_not_allowed',
  });
  expect((await world.problem('DELETE', '/status')).status).toBe(405);
  expect((await world.problem('GET', '/v1/tasks')).status).toBe(400);
  expect((await world.problem('GET', '/v1/tasks?job_id=x')).status).toBe(400);
  const job = `job_id=${newJobId()}`;
  expect((await world.problem('GET', `/v1/tasks?${job}&state=gone`)).detail).toContain('pending');
  expect((await world.problem('GET', `/v1/tasks?${job}&after=1`)).status).toBe(400);
  expect((await world.problem('GET', `/v1/files?${job}&state=pending`)).status).toBe(400);
  expect((await world.problem('GET', `/v1/files?${job}&after=-1`)).status).toBe(400);
  expect((await world.problem('GET', '/status?format=xml')).status).toBe(400);
  expect((await world.problem('GET', `/v1/jobs/${newJobId()}`)).type).toMatch(/job_unknown$/);
});

test('says nothing about the inside when something unexpected happens', async () => {
  const broken = new World({
    DB: {
      prepare: () => {
        throw new Error('secret inner text');
      },
    } as unknown as D1Database,
  });
  const problem = await broken.problem('GET', '/status');
  expect(problem).toMatchObject({ status: 500, type: 'urn:syncmate:problem:internal_error' });
  expect(JSON.stringify(problem)).not.toContain('secret');
  expect(problem.request_id).toBeDefined();

  const busy = new World({
    DB: {
      prepare: () => {
        throw new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.');
      },
    } as unknown as D1Database,
  });
  expect((await busy.problem('GET', '/status')).status).toBe(503);
});

test('answers a misconfigured deployment with 500, but stays alive', async () => {
  for (const wrong of [
    { LEASE_DURATION_MS: 'soon' },
    { ATTEMPTS_MAX: '0' },
    { SYNCMATE_TOKENS: '{' },
    { SYNCMATE_TOKENS: '{"abc": {"role": "admin", "name": "x"}}' },
    { SYNCMATE_TOKENS: `{"${'0'.repeat(64)}": {"role": "king", "name": "x"}}` },
    { SYNCMATE_TOKENS: `{"${'0'.repeat(64)}": {"role": "admin", "name": "a\\nb"}}` },
  ]) {
    const world = new World(wrong);
    expect((await world.problem('GET', '/status')).type).toBe('urn:syncmate:problem:misconfigured');
    expect((await world.raw('/healthz')).status).toBe(200);
  }
});
