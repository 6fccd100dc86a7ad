// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { parseOptions, run, TokenError, whichCoordinator } from './token.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const URL_ = 'https://syncmate-coordinator.ours.workers.dev';
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A checkout that scripts/deploy ran in, and a coordinator that answers as told. */
function world(answers = []) {
  const folder = mkdtempSync(join(tmpdir(), 'syncmate-token-'));
  folders.push(folder);
  mkdirSync(join(folder, '.deploy'));
  const write = (name, value) =>
    writeFileSync(join(folder, '.deploy', name), JSON.stringify(value));
  write('tokens.json', { admin: 'the-admin-token' });
  write('config.send.json', { bucket: 'b', coordinator_url: URL_, coordinator_token: 'of-send' });
  write('config.recv.json', { bucket: 'b', coordinator_url: URL_, coordinator_token: 'of-recv' });
  const calls = [];
  const waits = [];
  const said = [];
  const told = [];
  const fetch = async (url, init) => {
    const body = init.body === undefined ? undefined : JSON.parse(init.body);
    calls.push({ method: init.method, url, body, authorization: init.headers.Authorization });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    const { status = 200, headers = {}, ...value } = answer ?? status3(body);
    return new Response(JSON.stringify(value), { status, headers });
  };
  const go = (...args) =>
    run(parseOptions(args), {
      folder,
      env: {},
      fetch,
      wait: async (ms) => waits.push(ms),
      say: (line) => said.push(line),
      tell: (line) => told.push(line),
    });
  return { folder, calls, waits, said, told, go };
}

const status3 = (body) => ({
  token_id: '3',
  name: 'da5',
  role: 'send',
  created_at_ms: 1_800_000_000_000,
  revoked_at_ms: null,
  ...(body === undefined ? {} : { name: body.name, role: body.role }),
});
const refusal = (status, reason, detail) => ({
  status,
  type: `urn:syncmate:problem:${reason}`,
  detail,
  request_id: 'r-1',
});
const lost = (times) =>
  Array.from(
    { length: times },
    () => new Error('fetch failed', { cause: new Error('ECONNREFUSED') }),
  );
const digest = (token) => createHash('sha256').update(token).digest('hex');

test('add makes a token, sends its SHA-256 alone and prints it once', async () => {
  const { calls, said, told, go } = world();
  await go('add', 'da5', '--role', 'send');
  assert.equal(said.length, 1);
  assert.match(said[0], /^syncmate_[0-9a-f]{64}$/);
  assert.deepEqual(calls, [
    {
      method: 'POST',
      url: `${URL_}/v1/tokens`,
      body: { sha256: digest(said[0]), name: 'da5', role: 'send' },
      authorization: 'Bearer the-admin-token',
    },
  ]);
  assert.deepEqual(told, ['token 3 is for da5 (send)']);
});

test('add --config writes the configuration of the agent and prints no token', async () => {
  const { folder, calls, said, told, go } = world();
  const file = join(folder, 'config.da7.json');
  await go('add', 'da7', '--role', 'recv', '--config', file);
  const config = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(Object.keys(config), ['bucket', 'coordinator_url', 'coordinator_token', 'name']);
  assert.equal(config.name, 'da7');
  assert.equal(digest(config.coordinator_token), calls[0].body.sha256);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(said, []);
  assert.ok(!told.join().includes(config.coordinator_token));
  await assert.rejects(go('add', 'da7', '--role', 'recv', '--config', file), /is there already/);
  assert.equal(calls.length, 1);
});

test('add --config leaves the file only where the token may have been added', async () => {
  const { folder, go } = world([refusal(401, 'unauthorized', 'No.'), ...lost(4)]);
  const file = join(folder, 'config.da7.json');
  await assert.rejects(go('add', 'da7', '--role', 'recv', '--config', file), /unauthorized/);
  assert.ok(!existsSync(file));
  await assert.rejects(go('add', 'da7', '--role', 'recv', '--config', file), /4 attempts/);
  assert.ok(existsSync(file));
});

test('what is not answered is repeated with the same token, as late as asked', async () => {
  const busy = { ...refusal(429, 'rate_limited', 'Slower.'), headers: { 'Retry-After': '60' } };
  const { calls, waits, said, go } = world([
    new Error('reset'),
    busy,
    refusal(503, 'overloaded', 'Busy.'),
  ]);
  await go('add', 'da5', '--role', 'send');
  assert.deepEqual(waits, [1000, 60_000, 4000]);
  assert.equal(calls.length, 4);
  assert.deepEqual(new Set(calls.map(({ body }) => body.sha256)), new Set([digest(said[0])]));
});

test('a coordinator that never answers is status 3, a refusal 1, a wrong token 2', async () => {
  const failure = async (...answers) => {
    const { go } = world(answers);
    try {
      await go('revoke', '3');
    } catch (error) {
      return [error.status, error.message];
    }
  };
  assert.deepEqual(await failure(...lost(4)), [
    3,
    `DELETE ${URL_}/v1/tokens/3: ECONNREFUSED (4 attempts)`,
  ]);
  assert.deepEqual(await failure(refusal(404, 'token_unknown', 'There is no token 3.')), [
    1,
    'There is no token 3. (token_unknown) [request r-1]',
  ]);
  assert.equal((await failure(refusal(401, 'unauthorized', 'No.')))[0], 2);
});

test('list prints all pages, as a table or as JSON lines', async () => {
  const revoked = { ...status3(), token_id: '2', role: 'admin', revoked_at_ms: 1_800_000_060_000 };
  const pages = () => [
    { tokens: [status3()], next: '3' },
    { tokens: [revoked], next: null },
  ];
  const table = world(pages());
  await table.go('list');
  assert.deepEqual(table.said, [
    '   ID  ROLE   ADDED              REVOKED            NAME',
    '    3  send   2027-01-15T08:00Z  -                  da5',
    '    2  admin  2027-01-15T08:00Z  2027-01-15T08:01Z  da5',
  ]);
  assert.equal(table.calls[1].url, `${URL_}/v1/tokens?after=3`);
  const lines = world(pages());
  await lines.go('list', '--json');
  assert.deepEqual(
    lines.said.map((line) => JSON.parse(line)),
    [status3(), revoked],
  );
});

test('revoke says whose token it was', async () => {
  const { calls, told, go } = world();
  await go('revoke', '3');
  assert.deepEqual([calls[0].method, calls[0].url], ['DELETE', `${URL_}/v1/tokens/3`]);
  assert.deepEqual(told, ['token 3 of da5 (send) is revoked']);
});

test('the environment beats .deploy/; without either it says what to do', () => {
  const { folder } = world();
  const env = { SYNCMATE_COORDINATOR_URL: 'http://127.0.0.1:1/', SYNCMATE_COORDINATOR_TOKEN: 't' };
  assert.deepEqual(whichCoordinator(folder, env), { url: 'http://127.0.0.1:1', token: 't' });
  assert.deepEqual(whichCoordinator(folder, {}), { url: URL_, token: 'the-admin-token' });
  rmSync(join(folder, '.deploy'), { recursive: true });
  assert.throws(() => whichCoordinator(folder, {}), /config.send.json: not there; run it where/);
  assert.throws(
    () => whichCoordinator(folder, { ...env, SYNCMATE_COORDINATOR_URL: 'here' }),
    /SYNCMATE_COORDINATOR_URL: here/,
  );
});

test('wrong usage is refused', () => {
  for (const [args, message] of [
    [[], /command missing.*see --help/],
    [['make'], /^make \(expected: add, list, revoke\)/],
    [['add'], /NAME: missing/],
    [['add', 'a\nb', '--role', 'send'], /NAME/],
    [['add', 'da5'], /--role: missing/],
    [['add', 'da5', '--role', 'king'], /--role: king/],
    [['add', 'da5', 'da7', '--role', 'send'], /da7: not expected/],
    [['add', 'x', '--role', 'read', '--config', 'f'], /--config: not for role read/],
    [['revoke'], /ID: missing/],
    [['revoke', 'da5'], /ID: da5/],
    [['list', 'x'], /x: not expected/],
    [['list', '--surprise'], /surprise/],
  ]) {
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof TokenError && error.status === 2 && message.test(error.message),
      args.join(' '),
    );
  }
  assert.equal(parseOptions(['--help']), null);
});

test('scripts/token --help prints examples; wrong usage and settings end with 2', () => {
  const token = (args, env = {}) =>
    spawnSync(join(ROOT, 'scripts/token'), args, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  const help = token(['--help']);
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /scripts\/token add da5 --role send --config/);
  assert.equal(token(['--surprise']).status, 2);
  const refused = token(['list'], {
    SYNCMATE_COORDINATOR_URL: 'here',
    SYNCMATE_COORDINATOR_TOKEN: 'secret-of-mine',
  });
  assert.equal(refused.status, 2, refused.stderr);
  assert.match(refused.stderr, /^error: SYNCMATE_COORDINATOR_URL: here/);
  assert.ok(!refused.stderr.includes('secret-of-mine'));
});
