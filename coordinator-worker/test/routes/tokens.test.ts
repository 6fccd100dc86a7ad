// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import type { TokenRole } from '../../src/auth/tokens';
import type { TokenPage, TokenStatus } from '../../src/generated/messages';
import { clear, dump } from '../testing/dump';
import { addToken, newToken, sha256 } from '../testing/tokens';
import { newJobId, World } from '../testing/world';

beforeEach(clear);

const reasonOf = (body: unknown): string =>
  (body as { type: string }).type.replace('urn:syncmate:problem:', '');

async function use(world: World, token: string, path = '/status', init: RequestInit = {}) {
  const response = await world.raw(path, {
    ...init,
    headers: { Authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: await response.json() };
}

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

const registration = (name: string) => ({
  session_id: `s-${crypto.randomUUID()}`,
  contract_version: 1,
  name,
  host: 'h',
  role: 'send',
  domain: 'd',
  agent_version: '0.1.0',
});

test('a token is good once added and for nothing once revoked, at once', async () => {
  const world = new World();
  const token = newToken();
  expect((await use(world, token)).status).toBe(401);
  const added = await addToken(world, token, { name: 'da5', role: 'send' });
  expect(added).toMatchObject({ name: 'da5', role: 'send', created_at_ms: world.now });
  expect((await use(world, token)).status).toBe(200);

  world.now += 1000;
  const path = `/v1/tokens/${added.token_id}`;
  const revoked = await world.call('TokenStatus', 'DELETE', path);
  expect(revoked).toEqual({ ...added, revoked_at_ms: world.now });
  const refused = await use(world, token);
  expect([refused.status, reasonOf(refused.body)]).toEqual([401, 'unauthorized']);

  world.now += 1000;
  expect(await world.call('TokenStatus', 'DELETE', path)).toEqual(revoked);
  expect((await use(world, token)).status).toBe(401);
});

test('permits what its role permits', async () => {
  const world = new World();
  const job = { job_id: newJobId(), slice_size_bytes: 10, window_bytes: 100 };
  const statuses = async (role: TokenRole) => {
    const token = newToken();
    await addToken(world, token, { name: 'x', role });
    return [
      (await use(world, token)).status,
      (await use(world, token, '/v1/jobs', post(job))).status,
      (await use(world, token, '/v1/tokens')).status,
    ];
  };
  expect(await statuses('read')).toEqual([200, 403, 403]);
  for (const role of ['send', 'recv', 'both'] as const) {
    expect(await statuses(role)).toEqual([200, 200, 403]);
  }
  expect(await statuses('admin')).toEqual([200, 200, 200]);
});

test('an agent’s token is for the agent of its name', async () => {
  const world = new World();
  const token = newToken();
  await addToken(world, token, { name: 'da5', role: 'both' });
  const register = (name: string, as = token) =>
    use(world, as, '/v1/agents', post(registration(name)));
  expect((await register('da5')).status).toBe(200);
  const refused = await register('da7');
  expect([refused.status, reasonOf(refused.body)]).toEqual([403, 'agent_name_mismatch']);
  expect(JSON.stringify(refused.body)).toContain('for the agent da5; this one is called da7');

  const operator = newToken();
  await addToken(world, operator, { name: 'Ada', role: 'admin' });
  expect((await register('da7', operator)).status).toBe(200);
  expect((await register('da7', 'test-send-token')).status).toBe(200);
});

test('the same token for the same holder is the same one; for another it is refused', async () => {
  const world = new World();
  const token = newToken();
  const holder = { name: 'da5', role: 'send' } as const;
  const added = await addToken(world, token, holder);
  const before = await dump();
  world.now += 1000;
  expect(await addToken(world, token, holder)).toEqual(added);
  const again = { sha256: await sha256(token), ...holder };
  const refusal = async (body: unknown) =>
    reasonOf(await world.problem('POST', '/v1/tokens', { body }));
  expect(await refusal({ ...again, name: 'da7' })).toBe('token_conflict');
  expect(await refusal({ ...again, role: 'admin' })).toBe('token_conflict');
  expect(await dump()).toBe(before);
  await world.call('TokenStatus', 'DELETE', `/v1/tokens/${added.token_id}`);
  expect(await refusal(again)).toBe('token_revoked');
  expect(reasonOf(await world.problem('DELETE', '/v1/tokens/999'))).toBe('token_unknown');
});

test('lists tokens, newest first, page by page', async () => {
  const world = new World();
  const ids: string[] = [];
  for (let i = 0; i < 103; i++) {
    world.now += 1;
    ids.unshift((await addToken(world, newToken(), { name: `n${i}`, role: 'send' })).token_id);
  }
  const listed: TokenStatus[] = [];
  let next: string | null = null;
  do {
    const page: TokenPage = await world.call(
      'TokenPage',
      'GET',
      next === null ? '/v1/tokens' : `/v1/tokens?after=${next}`,
    );
    listed.push(...page.tokens);
    next = page.next;
  } while (next !== null);
  expect(listed.map(({ token_id }) => token_id)).toEqual(ids);
});

test('looks up nothing for tokens of the secret or of another form, else one row', async () => {
  const world = new World();
  const token = newToken();
  for (let i = 0; i < 20; i++) await addToken(world, newToken(), { name: `n${i}`, role: 'read' });
  await addToken(world, token, { name: 'reader', role: 'read' });
  const rows = async (bearer: string) => {
    world.meter.reset();
    await use(world, bearer);
    return [world.meter.rowsRead, world.meter.rowsWritten];
  };
  const [status] = await rows('test-read-token');
  expect(await rows(token)).toEqual([(status ?? 0) + 1, 0]);
  expect(await rows(newToken())).toEqual([0, 0]);
  world.meter.reset();
  for (const other of [
    'syncmate_',
    `syncmate_${'A'.repeat(64)}`,
    token.slice(0, -1),
    `${token}0`,
  ]) {
    expect((await use(world, other)).status).toBe(401);
  }
  expect(world.meter.rowsRead).toBe(0);
});

test('a weak token that was added by its SHA-256 opens nothing', async () => {
  const world = new World();
  await addToken(world, 'password', { name: 'x', role: 'admin' });
  expect((await use(world, 'password')).status).toBe(401);
});

test('records who was given a token and whose was revoked', async () => {
  const world = new World();
  const { token_id: id } = await addToken(world, newToken(), { name: 'da5', role: 'send' });
  await world.call('TokenStatus', 'DELETE', `/v1/tokens/${id}`);
  const { entries } = await world.call('AuditPage', 'GET', '/v1/audit');
  expect(entries.map(({ call, subject }) => [call, subject])).toEqual([
    ['revokeToken', `token ${id}`],
    ['addToken', 'token for da5: send'],
  ]);
});
