// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clear } from '../testing/dump';
import { ROUTES } from '../testing/routes';
import { addToken, newToken, sha256 } from '../testing/tokens';
import { World } from '../testing/world';

const LEVELS = ['debug', 'info', 'log', 'warn', 'error'] as const;
const heard: string[] = [];

beforeEach(async () => {
  await clear();
  heard.length = 0;
  for (const level of LEVELS) {
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => {
      heard.push(said.map(String).join(' '));
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const refuse: RateLimit = { limit: () => Promise.resolve({ success: false }) };
const broken = {
  prepare: (sql: string) => {
    throw new Error(`D1_ERROR: no such table: ${sql}`);
  },
} as unknown as D1Database;

/** An answer with all that the caller sees of it. */
async function answerOf(response: Response): Promise<string> {
  const headers = [...response.headers].map((header) => header.join(': ')).join('\n');
  return `${response.status}\n${headers}\n${await response.text()}`;
}

/** Tokens, in the ways that callers write them, well and badly. */
const written = (token: string): (string | null)[] => [
  `Bearer ${token}`,
  `Bearer ${token} x`,
  `Bearer ${token.slice(0, -1)}`,
  `bearer  ${token}`,
  `Basic ${btoa(`user:${token}`)}`,
  token,
];

test('no token and nothing of its SHA-256 is in any answer or log', async () => {
  const world = new World();
  const [good, revoked, unknown] = [newToken(), newToken(), newToken()];
  await addToken(world, good, { name: 'Ada', role: 'admin' });
  const { token_id: id } = await addToken(world, revoked, { name: 'da5', role: 'send' });
  await world.call('TokenStatus', 'DELETE', `/v1/tokens/${id}`);

  const tokens = [good, revoked, unknown, 'test-admin-token', 'test-send-token'];
  const worlds = [
    world,
    new World({ DB: broken }),
    new World({ CALLS_LIMIT: refuse, REFUSALS_LIMIT: refuse }),
    new World({ SYNCMATE_TOKENS: `{"${await sha256('test-admin-token')}": "admin"}` }),
  ];
  const answers: string[] = [];
  for (const { method, path, body } of ROUTES) {
    for (const authorization of [null, ...tokens.flatMap(written)]) {
      for (const each of worlds) {
        const headers = new Headers(authorization === null ? {} : { Authorization: authorization });
        answers.push(await answerOf(await each.raw(path, { method, headers, body })));
      }
    }
  }
  const shown = [...answers, ...heard].join('\n');
  expect(shown).toContain('request.failed');
  for (const status of [200, 401, 403, 404, 409, 429, 500]) expect(shown).toContain(`${status}\n`);
  for (const token of tokens) {
    const hash = await sha256(token);
    const parts = [token, token.slice(0, 24), btoa(`user:${token}`), hash, hash.slice(0, 12)];
    for (const part of parts) expect(shown.includes(part), `${part} of ${token}`).toBe(false);
  }
});

test('a token that was sent in place of its SHA-256 is not repeated', async () => {
  const world = new World();
  const token = newToken();
  const bodies: unknown[] = [
    { sha256: token, name: 'da5', role: 'send' },
    { sha256: [token], name: 'da5', role: 'send' },
    { sha256: '0'.repeat(64), name: 'da5', role: token },
    { sha256: '0'.repeat(64), name: 'da5', role: 'send', token },
    token,
  ];
  const answers: string[] = [];
  for (const body of [...bodies.map((each) => JSON.stringify(each)), `{"sha256": ${token}`]) {
    const response = await world.raw('/v1/tokens', {
      method: 'POST',
      headers: { Authorization: 'Bearer test-admin-token' },
      body,
    });
    expect(response.status, body).toBe(400);
    answers.push(await answerOf(response));
  }
  expect([...answers, ...heard].join('\n')).not.toContain(token.slice(0, 24));
});

test('every answer names its request, and so do problems and the log', async () => {
  const world = new World();
  const large = 'x'.repeat(16 * 1024 * 1024 + 1);
  const seen = new Set<string>();
  const statuses = new Set<number>();
  const look = async (response: Response) => {
    const id = response.headers.get('X-Request-Id') ?? '';
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(seen.has(id)).toBe(false);
    seen.add(id);
    statuses.add(response.status);
    const text = await response.text();
    if (response.status >= 400) {
      expect((JSON.parse(text) as { request_id: string }).request_id).toBe(id);
    }
    if (response.status >= 500) expect(heard.at(-1)).toContain(`request.failed id=${id} `);
  };
  const headers = { Authorization: 'Bearer test-admin-token' };
  for (const { method, path, body } of ROUTES) {
    await look(await world.raw(path, { method, headers, body }));
    await look(await world.raw(path, { method, body }));
    await look(await world.raw(path, { method: 'PATCH', headers }));
    await look(await new World({ CALLS_LIMIT: refuse }).raw(path, { method, headers, body }));
    await look(await new World({ DB: broken }).raw(path, { method, headers, body }));
  }
  await look(await world.raw('/v1/nothing', { headers }));
  await look(await world.raw('/v1/jobs', { method: 'POST', headers, body: '{' }));
  await look(await world.raw('/v1/jobs', { method: 'POST', headers, body: large }));
  expect([...statuses].sort()).toEqual([200, 400, 401, 404, 405, 409, 413, 429, 500]);
});
