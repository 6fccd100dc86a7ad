// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AwsClient } from 'aws4fetch';
import { checkNode } from './node.mjs';

const STACK = fileURLToPath(new URL('./stack.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'syncmate-stack-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @type {{ child: import('node:child_process').ChildProcessWithoutNullStreams, exited: Promise<unknown> }[]} */
const started = [];
// A test that failed half-way leaves its stack up.
afterEach(async () => {
  for (const { child } of started) child.stdin.end();
  await Promise.all(started.splice(0).map(({ exited }) => exited));
});

/** @param {string[]} args */
function start(args) {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const child = spawn(process.execPath, [STACK, ...args], {
    env: { ...process.env, TMPDIR: temporary },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const exited = once(child, 'close').then(([code]) => ({ code, stderr }));
  /** @returns {Promise<any>} */
  const ready = async () => {
    const [line] = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      exited.then(() => assert.fail(`stopped before it was ready: ${stderr}`)),
    ]);
    return JSON.parse(line);
  };
  const stack = { child, exited, ready, temporary };
  started.push(stack);
  return stack;
}

/** @param {number | undefined} pid */
function childrenOf(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split(/\s+/).filter(Boolean) : [];
}

/** @param {any} where */
function bucketOf(where) {
  const client = new AwsClient({
    accessKeyId: where.access_key,
    secretAccessKey: where.secret_key,
    region: where.region,
    service: 's3',
    retries: 0,
  });
  /**
   * @param {string} key
   * @param {RequestInit} [init]
   */
  return (key, init) => client.fetch(`${where.s3_endpoint}/${where.bucket}/${key}`, init);
}

/** @param {any} where */
const status = (where) =>
  fetch(`${where.coordinator_url}/status`, {
    headers: { authorization: `Bearer ${where.tokens.read}` },
  });

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return { server, port: address.port };
}

describe('the local stack', () => {
  it('answers as Worker and as S3, and leaves nothing behind when its stdin closes', async () => {
    const { child, exited, ready, temporary } = start([]);
    const where = await ready();
    assert.equal((await fetch(`${where.coordinator_url}/healthz`)).status, 200);
    assert.equal((await status(where)).status, 200);

    const object = bucketOf(where);
    assert.equal((await object('a/b', { method: 'PUT', body: 'content' })).status, 200);
    assert.equal(await (await object('a/b')).text(), 'content');
    const wrong = bucketOf({ ...where, secret_key: '0'.repeat(64) });
    assert.equal((await wrong('a/b')).status, 403);

    const processes = childrenOf(child.pid);
    child.stdin.end();
    assert.equal((await exited).code, 0);
    assert.deepEqual(readdirSync(temporary), []);
    for (const pid of processes) assert.ok(!existsSync(`/proc/${pid}`), `process ${pid} lives on`);
  });

  it('goes on with the same objects, tokens and keys on the same port after SIGTERM', async () => {
    const { server, port } = await freePort();
    await new Promise((resolve) => server.close(resolve));
    const state = join(folder, 'state');
    const args = ['--state', state, '--port', String(port), '--bucket', 'slices'];

    const first = start(args);
    const before = await first.ready();
    await bucketOf(before)('kept', { method: 'PUT', body: 'content' });
    first.child.kill('SIGTERM');
    assert.equal((await first.exited).code, 0);
    assert.equal(statSync(join(state, 'credentials.json')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(first.temporary), []);

    const second = start(args);
    const again = await second.ready();
    assert.deepEqual(again, before);
    assert.equal((await status(again)).status, 200);
    assert.equal(await (await bucketOf(again)('kept')).text(), 'content');
  });

  it('gives the Worker the durations of its flags', async () => {
    const where = await start(['--lease-duration-ms', '1500']).ready();
    const answer = await fetch(`${where.coordinator_url}/v1/agents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${where.tokens.send}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        session_id: 'session-0001',
        name: 'a',
        host: 'h',
        role: 'send',
        domain: 'h',
        agent_version: '1',
        contract_version: 1,
      }),
    });
    const session = /** @type {any} */ (await answer.json());
    assert.equal(session.lease_duration_ms, 1500, JSON.stringify(session));
  });

  it('counts calls as wrangler.toml says, with the limit of its flag', async () => {
    const where = await start(['--calls-limit', '3']).ready();
    // A period may end in between.
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await status(where));
    const refused = answers.find((answer) => answer.status === 429);
    assert.equal(refused?.headers.get('Retry-After'), '10');
  });

  it('refuses a port in use with one line and status 2', async () => {
    const { server, port } = await freePort();
    const { code, stderr } = await start(['--port', String(port)]).exited;
    server.close();
    assert.equal(code, 2);
    assert.equal(stderr, `stack: --port ${port}: in use; choose another, or 0 for any free one\n`);
  });

  for (const { args, line } of [
    { args: ['--no-such'], line: "stack: Unknown option '--no-such'; see --help\n" },
    {
      args: ['--lease-duration-ms', '-1'],
      line: /^stack: Option '--lease-duration-ms' argument is ambiguous[^\n]*\n$/,
    },
    {
      args: ['--attempts-max', '0'],
      line: 'stack: --attempts-max: 0 (expected: a whole number, 1 to 1000)\n',
    },
  ]) {
    it(`stack.mjs ${args.join(' ')}: one line, status 2`, async () => {
      const { code, stderr } = await start(args).exited;
      assert.equal(code, 2);
      if (typeof line === 'string') assert.equal(stderr, line);
      else assert.match(stderr, line);
    });
  }

  it('refuses a Node that is older than package.json says', () => {
    for (const old of ['18.20.4', '20.20.2', '22.9.0']) {
      assert.throws(() => checkNode(old), {
        message: `node: ${old} (expected: 22.13 or newer; ./scripts/test brings one)`,
      });
    }
    for (const fitting of ['22.13.0', '24.0.0', process.versions.node]) checkNode(fitting);
  });

  it('refuses a state folder that another stack uses, and one with foreign credentials', async () => {
    const state = join(folder, 'taken');
    mkdirSync(state);
    writeFileSync(join(state, 'stack.pid'), String(process.pid));
    const taken = await start(['--state', state]).exited;
    assert.equal(taken.code, 2);
    assert.match(taken.stderr, /in use by process/);

    rmSync(join(state, 'stack.pid'));
    writeFileSync(join(state, 'credentials.json'), '{"tokens":{}}');
    const foreign = await start(['--state', state]).exited;
    assert.equal(foreign.code, 2);
    assert.match(foreign.stderr, /credentials\.json: not what this stack wrote/);
  });
});
