// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
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

import { deploy, DeployError, dryRun, parseOptions } from './deploy.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UUID = '11111111-2222-3333-4444-555555555555';
const NO_DATABASE = '00000000-0000-0000-0000-000000000000';
const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A checkout with nothing but what a deployment reads, and an account that it is deployed to. */
function world() {
  const folder = mkdtempSync(join(tmpdir(), 'syncmate-deploy-'));
  folders.push(folder);
  const toml = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
  writeFileSync(
    join(folder, 'wrangler.toml'),
    toml.replace(/^database_id = .*$/m, `database_id = "${NO_DATABASE}"`),
  );
  const account = { databases: [], buckets: new Map(), secrets: new Map(), calls: [], broken: '' };
  const ok = (stdout = '') => ({ status: 0, stdout, stderr: '' });
  const fail = (stderr) => ({ status: 1, stdout: '', stderr });
  const wrangler = (args, input) => {
    const call = args.join(' ');
    account.calls.push(call);
    if (account.broken !== '' && call.startsWith(account.broken)) return fail('X [ERROR] 7003');
    if (call === 'whoami --json') {
      return account.loggedOut
        ? { status: 1, stdout: '{"loggedIn": false}', stderr: '' }
        : ok(JSON.stringify({ accounts: account.accounts ?? [{ id: 'acc', name: 'Ours' }] }));
    }
    if (call === 'd1 list --json') return ok(`note\n${JSON.stringify(account.databases)}`);
    if (call === 'd1 create syncmate') account.databases.push({ name: 'syncmate', uuid: UUID });
    if (call.startsWith('r2 bucket info')) {
      return account.buckets.has(args[3]) ? ok('{}') : fail('The specified bucket does not exist.');
    }
    if (call.startsWith('r2 bucket create')) account.buckets.set(args[3], []);
    if (call.startsWith('r2 bucket lifecycle list')) return ok(account.buckets.get(args[4]).join());
    if (call.startsWith('r2 bucket lifecycle add')) account.buckets.get(args[4]).push(args[5]);
    if (call.startsWith('secret list')) {
      return ok(JSON.stringify([...account.secrets.keys()].map((name) => ({ name }))));
    }
    if (call.startsWith('secret put')) account.secrets.set(args[2], input);
    if (call === 'deploy') return ok('Deployed\n  https://syncmate-coordinator.ours.workers.dev\n');
    return ok();
  };
  const said = [];
  const run = (args = [], env = {}) =>
    deploy(parseOptions(args), { folder, wrangler, say: (line) => said.push(line), env });
  return { folder, account, said, run };
}

const mode = (file) => (statSync(file).mode & 0o777).toString(8);
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));

test('a first deployment makes everything and the configuration of the agents', () => {
  const { folder, account, said, run } = world();
  run([], { SYNCMATE_ACCESS_KEY: 'ak', SYNCMATE_SECRET_KEY: 'very-secret' });
  assert.match(readFileSync(join(folder, 'wrangler.toml'), 'utf8'), new RegExp(UUID));
  assert.deepEqual(account.buckets.get('syncmate-window'), ['syncmate-expire']);
  assert.ok(account.calls.includes('d1 migrations apply syncmate --remote'));
  const config = json(join(folder, '.deploy/config.recv.json'));
  const tokens = json(join(folder, '.deploy/tokens.json'));
  assert.deepEqual(config, {
    account_id: 'acc',
    bucket: 'syncmate-window',
    access_key: 'ak',
    secret_key: 'very-secret',
    coordinator_url: 'https://syncmate-coordinator.ours.workers.dev',
    coordinator_token: tokens.recv,
  });
  for (const name of ['tokens.json', 'config.send.json', 'config.recv.json']) {
    assert.equal(mode(join(folder, '.deploy', name)), '600');
  }
  const output = said.join('\n');
  for (const secret of ['very-secret', ...Object.values(tokens)]) {
    assert.ok(!output.includes(secret), 'no secret is printed');
    assert.ok(!account.calls.join('\n').includes(secret), 'no secret is an argument');
  }
  const secret = JSON.parse(account.secrets.get('SYNCMATE_TOKENS'));
  assert.deepEqual(
    Object.values(secret).map(({ role }) => role),
    ['admin', 'send', 'recv', 'read'],
  );
  assert.ok(Object.keys(secret).every((hash) => /^[0-9a-f]{64}$/.test(hash)));
});

test('a second deployment makes nothing again and keeps the tokens', () => {
  const { folder, account, run } = world();
  run();
  const before = readFileSync(join(folder, '.deploy/tokens.json'), 'utf8');
  const secret = account.secrets.get('SYNCMATE_TOKENS');
  account.calls.length = 0;
  run();
  assert.ok(!account.calls.some((call) => / create | lifecycle add /.test(call)), 'made again');
  assert.equal(readFileSync(join(folder, '.deploy/tokens.json'), 'utf8'), before);
  assert.equal(account.secrets.get('SYNCMATE_TOKENS'), secret);
});

test('after a failed step a second run goes on', () => {
  const { account, run } = world();
  account.broken = 'r2 bucket create';
  assert.throws(() => run(), /wrangler r2 bucket create syncmate-window failed:\n.*7003/s);
  assert.equal(account.databases.length, 1);
  account.broken = '';
  run();
  assert.equal(account.databases.length, 1);
  assert.ok(account.secrets.has('SYNCMATE_TOKENS'));
});

test('tokens that this checkout does not know are replaced only when told to', () => {
  const { folder, account, run } = world();
  run();
  rmSync(join(folder, '.deploy'), { recursive: true });
  const before = account.secrets.get('SYNCMATE_TOKENS');
  assert.throws(() => run(), /has tokens already.*--new-tokens/);
  assert.equal(account.secrets.get('SYNCMATE_TOKENS'), before);
  run(['--new-tokens']);
  assert.notEqual(account.secrets.get('SYNCMATE_TOKENS'), before);
});

test('without a login it says how to log in, and does nothing', () => {
  const { folder, account, run } = world();
  account.loggedOut = true;
  assert.throws(
    () => run(),
    (error) =>
      error instanceof DeployError &&
      error.status === 2 &&
      /not logged in to Cloudflare; run: .*wrangler login/.test(error.message),
  );
  assert.deepEqual(account.calls, ['whoami --json']);
  assert.ok(!existsSync(join(folder, '.deploy')));
});

test('with several accounts it asks which', () => {
  const { account, run } = world();
  account.accounts = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  assert.throws(() => run(), /CLOUDFLARE_ACCOUNT_ID: not set .*a \(A\), b \(B\)/);
  assert.throws(() => run([], { CLOUDFLARE_ACCOUNT_ID: 'c' }), /CLOUDFLARE_ACCOUNT_ID: c /);
  run([], { CLOUDFLARE_ACCOUNT_ID: 'b' });
});

test('a database_id of another account is not deployed to', () => {
  const { folder, account, run } = world();
  const file = join(folder, 'wrangler.toml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(NO_DATABASE, UUID));
  account.databases.push({ name: 'syncmate', uuid: 'another' });
  assert.throws(() => run(), /database_id is 1111.* is another; another account/);
  assert.ok(!account.calls.includes('deploy'));
});

test('of wrangler.toml the database_id is changed and nothing else', () => {
  const { folder, run } = world();
  const file = join(folder, 'wrangler.toml');
  const text = readFileSync(file, 'utf8').replace(
    `database_id = "${NO_DATABASE}"`,
    `database_id='${NO_DATABASE}' # until the first deployment`,
  );
  const before = `# ${NO_DATABASE} stands for none\n${text}# database_id = "${NO_DATABASE}"\n`;
  writeFileSync(file, before);
  run();
  assert.equal(
    readFileSync(file, 'utf8'),
    before.replace(`database_id='${NO_DATABASE}'`, `database_id='${UUID}'`),
  );
});

test('a wrangler.toml that is none, or has no database, is refused in one line', () => {
  const { folder, account, run } = world();
  writeFileSync(join(folder, 'wrangler.toml'), 'name = "x\n');
  assert.throws(() => run(), /wrangler\.toml: Invalid TOML document: [^\n]+$/);
  writeFileSync(join(folder, 'wrangler.toml'), 'name = "x"\n');
  assert.throws(() => run(), /wrangler\.toml: no database \(expected: as in the repository\)/);
  assert.deepEqual(account.calls, []);
});

test('wrong options are refused', () => {
  assert.throws(() => parseOptions(['--bucket', 'A']), /--bucket: A \(expected/);
  assert.throws(() => parseOptions(['--expire-days', '0']), /--expire-days: 0 \(expected/);
  assert.throws(() => parseOptions(['--surprise']), /surprise.*see --help/);
  assert.equal(parseOptions(['--help']), null);
});

test('scripts/deploy --dry-run names every step, offline and without wrangler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'syncmate-deploy-'));
  folders.push(folder);
  copyFileSync(join(ROOT, 'wrangler.toml'), join(folder, 'wrangler.toml'));
  const before = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
  const { status, stdout, stderr } = spawnSync(
    join(ROOT, 'scripts/deploy'),
    ['--dry-run', '--bucket', 'my-window', '--expire-days', '7'],
    { encoding: 'utf8', env: { PATH: process.env.PATH, CLOUDFLARE_API_BASE_URL: 'http://[::]:1' } },
  );
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.deepEqual(
    lines,
    dryRun(parseOptions(['--bucket', 'my-window', '--expire-days', '7']), ROOT),
  );
  for (const step of [
    'd1 create syncmate',
    'd1 migrations apply syncmate --remote',
    'r2 bucket create my-window',
    'r2 bucket lifecycle add my-window syncmate-expire --expire-days 7',
    'wrangler deploy',
    'secret put SYNCMATE_TOKENS',
    'config.recv.json',
  ]) {
    assert.ok(stdout.includes(step), step);
  }
  assert.equal(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'), before);
});

test('scripts/deploy --surprise ends with 2', () => {
  const { status, stderr } = spawnSync(join(ROOT, 'scripts/deploy'), ['--dry-run', '--surprise'], {
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.match(stderr, /^error: .*surprise/);
});
