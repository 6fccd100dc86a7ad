// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { beforeEach, expect, test } from 'vitest';
import wranglerToml from '../../../wrangler.toml?raw';
import { RATE_PERIOD_SECONDS } from '../../src/http/wordings/requests';
import { clear } from '../testing/dump';
import { addToken, newToken } from '../testing/tokens';
import { planned, World } from '../testing/world';

beforeEach(clear);

/** Counts without end, by key. */
function limitOf(limit: number): RateLimit & { readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    counts,
    limit: ({ key }) => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return Promise.resolve({ success: (counts.get(key) ?? 0) <= limit });
    },
  };
}

const get = (world: World, token: string | null, address = '192.0.2.1') =>
  world.raw('/status', {
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      'CF-Connecting-IP': address,
    },
  });

const statuses = async (answers: readonly Promise<Response>[]) =>
  (await Promise.all(answers)).map(({ status }) => status);

test('refuses a token’s calls beyond the limit, with when to come back', async () => {
  const world = new World({ CALLS_LIMIT: limitOf(2) });
  expect(await statuses([get(world, 'test-read-token'), get(world, 'test-read-token')])).toEqual([
    200, 200,
  ]);
  const refused = await get(world, 'test-read-token');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('Retry-After')).toBe('10');
  expect(refused.headers.get('Content-Type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    type: 'urn:syncmate:problem:rate_limited',
    request_id: refused.headers.get('X-Request-Id'),
  });
  expect((await get(world, 'test-send-token')).status).toBe(200);
});

test('counts each added token on its own', async () => {
  const CALLS_LIMIT = limitOf(1);
  const tokens = [newToken(), newToken()];
  for (const token of tokens) await addToken(new World(), token, { name: 'same', role: 'read' });
  const world = new World({ CALLS_LIMIT });
  expect(await statuses(tokens.map((token) => get(world, token)))).toEqual([200, 200]);
  expect(await statuses(tokens.map((token) => get(world, token)))).toEqual([429, 429]);
  for (const key of CALLS_LIMIT.counts.keys()) {
    for (const token of tokens) expect(key).not.toContain(token);
  }
});

test('heartbeats have room when other calls have none', async () => {
  const world = new World({ CALLS_LIMIT: limitOf(8) });
  await world.submit({}, [planned('a.bin')]);
  const sender = await world.agent('send');
  const held = await sender.send();
  const path = '/v1/jobs';
  let status = 200;
  while (status === 200) status = (await world.attempt('GET', path, { as: 'send' })).status;
  expect(status).toBe(429);
  expect((await sender.heartbeat(held)).lost).toEqual([]);
});

test('refuses guesses beyond the limit, and nobody with a good token behind the same address', async () => {
  const world = new World({ REFUSALS_LIMIT: limitOf(2) });
  const guesses = [null, 'wrong', newToken()];
  expect(await statuses(guesses.map((guess) => get(world, guess)))).toEqual([401, 401, 429]);
  expect((await get(world, 'test-read-token')).status).toBe(200);
  expect((await get(world, 'wrong', '192.0.2.2')).status).toBe(401);
  expect((await world.raw('/healthz')).status).toBe(200);
});

test('the bindings of wrangler.toml refuse too', async () => {
  let status = 200;
  // A period may end between the two steps.
  for (let round = 0; status === 200 && round < 5; round++) {
    let success = true;
    for (let call = 0; success && call < 5000; call++) {
      ({ success } = await env.CALLS_LIMIT.limit({ key: 'secret test-read calls' }));
    }
    const world = new World({ CALLS_LIMIT: env.CALLS_LIMIT, REFUSALS_LIMIT: env.REFUSALS_LIMIT });
    status = (await get(world, 'test-read-token')).status;
  }
  expect(status).toBe(429);
});

test('Retry-After is the period of the limits', () => {
  const periods = [...wranglerToml.matchAll(/period = (\d+)/g)].map(([, period]) => Number(period));
  expect(periods).toEqual([RATE_PERIOD_SECONDS, RATE_PERIOD_SECONDS]);
});

test('a deployment without its limits is misconfigured', async () => {
  const world = new World({ CALLS_LIMIT: undefined as unknown as RateLimit });
  expect((await world.problem('GET', '/status')).type).toBe('urn:syncmate:problem:misconfigured');
});
