#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRANGLER = 'coordinator-worker/node_modules/.bin/wrangler';
const RULE = 'syncmate-expire';
const SECRET = 'SYNCMATE_TOKENS';
const ROLES = ['admin', 'send', 'recv', 'read'];
const NO_DATABASE = '00000000-0000-0000-0000-000000000000';

const HELP = `Usage: scripts/deploy [options]

Brings the coordinator to your Cloudflare account, or up to date: D1 database and its migrations, R2 bucket
and its lifecycle rule, tokens, Worker. What is there already is left as it is, so it can be run again at any
time; after a failure it goes on where it stopped. Needs "wrangler login" once, or CLOUDFLARE_API_TOKEN.

Options:
  --bucket NAME      bucket (default syncmate-window)
  --expire-days N    objects older than this are deleted by R2: what no agent is left to delete (default 30)
  --new-tokens       make new tokens; agents with the old ones are locked out
  --dry-run          show what would be done, without any call to Cloudflare
  --help             print this

Writes: database_id in wrangler.toml; in .deploy/ (readable by you alone) tokens.json and the agents'
config.send.json and config.recv.json. The R2 keys in these come from SYNCMATE_ACCESS_KEY and
SYNCMATE_SECRET_KEY: make an R2 API token for the bucket in the dashboard ("Object Read & Write").

Environment: CLOUDFLARE_ACCOUNT_ID where the login has several accounts.
Exit status: 0 done, 1 a step failed, 2 wrong usage or not logged in.
`;

/** What stops the deployment: one line for people. */
export class DeployError extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

/** @returns options, or null when help was asked for */
export function parseOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        bucket: { type: 'string', default: 'syncmate-window' },
        'expire-days': { type: 'string', default: '30' },
        'new-tokens': { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new DeployError(`${error.message.split('. To specify')[0]}; see --help`, 2);
  }
  if (values.help) return null;
  const days = /^[0-9]{1,4}$/.test(values['expire-days']) ? Number(values['expire-days']) : 0;
  if (days < 1) {
    throw new DeployError(
      `--expire-days: ${values['expire-days']} (expected: a whole number, 1 to 9999)`,
      2,
    );
  }
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(values.bucket)) {
    throw new DeployError(
      `--bucket: ${values.bucket} (expected: 3 to 63 of a-z, 0-9 and inner dashes)`,
      2,
    );
  }
  return {
    bucket: values.bucket,
    expireDays: days,
    newTokens: values['new-tokens'],
    dryRun: values['dry-run'],
  };
}

/** The names in wrangler.toml. */
export function readToml(folder) {
  return namesIn(readFileSync(join(folder, 'wrangler.toml'), 'utf8'));
}

function namesIn(text) {
  const toml = parseToml(text);
  const found = {
    worker: toml.name,
    database: toml.d1_databases?.[0]?.database_name,
    databaseId: toml.d1_databases?.[0]?.database_id,
  };
  for (const [key, each] of Object.entries(found)) {
    if (!each) throw new DeployError(`wrangler.toml: no ${key} (expected: as in the repository)`);
  }
  return found;
}

function parseToml(text) {
  // The Worker's, and only when it is needed: --help does without the Worker's packages.
  const { parse } = createRequire(join(ROOT, 'coordinator-worker/package.json'))('smol-toml');
  try {
    return parse(text);
  } catch (error) {
    throw new DeployError(`wrangler.toml: ${error.message.split('\n')[0]}`);
  }
}

/** What a run does, one line a step, without doing it. */
export function dryRun(options, folder) {
  const toml = readToml(folder);
  const known = toml.databaseId !== NO_DATABASE;
  const lines = [
    'wrangler whoami: who is logged in, which account',
    `wrangler d1 list: is there a database ${toml.database}`,
    `  if not: wrangler d1 create ${toml.database}`,
    known
      ? `  wrangler.toml names ${toml.databaseId}: it must be that one`
      : '  its id goes into wrangler.toml (database_id)',
    `wrangler d1 migrations apply ${toml.database} --remote: those that it doesn't have yet`,
    `wrangler r2 bucket info ${options.bucket}`,
    `  if there is none: wrangler r2 bucket create ${options.bucket}`,
    `wrangler r2 bucket lifecycle list ${options.bucket}`,
    `  if ${RULE} is missing: wrangler r2 bucket lifecycle add ${options.bucket} ${RULE} --expire-days ${options.expireDays}`,
    `wrangler deploy: the Worker ${toml.worker}`,
    options.newTokens
      ? '.deploy/tokens.json: new tokens for admin, send, recv, read'
      : '.deploy/tokens.json: tokens for admin, send, recv, read, made if there are none yet',
    `wrangler secret put ${SECRET}: their SHA-256`,
    '.deploy/config.send.json, .deploy/config.recv.json: for the agents',
  ];
  return lines;
}

/**
 * Does it all.
 *
 * @param wrangler (args, input?) => {status, stdout, stderr}
 * @param say prints a line
 */
export function deploy(options, { folder, wrangler, say, env }) {
  const toml = readToml(folder);
  const must = (args, input) => {
    const done = wrangler(args, input);
    if (done.status !== 0) {
      throw new DeployError(`wrangler ${args.join(' ')} failed:\n${tail(done)}`);
    }
    return done.stdout;
  };
  const account = whichAccount(wrangler(['whoami', '--json']), env);
  say(`account: ${account.name} (${account.id})`);
  const state = join(folder, '.deploy');

  const id = database(toml, must, say);
  if (toml.databaseId !== id) setDatabaseId(folder, id);
  must(['d1', 'migrations', 'apply', toml.database, '--remote']);
  say(`database: ${toml.database} (${id}), migrations applied`);

  bucket(options, wrangler, must, say);

  const url = /https:\/\/[^\s]+\.workers\.dev/.exec(must(['deploy']))?.[0];
  say(`worker: ${toml.worker} deployed${url ? ` at ${url}` : ''}`);

  const tokens = putTokens(options, state, must, toml.worker);
  say(`tokens: ${ROLES.join(', ')} in .deploy/tokens.json`);

  for (const role of ['send', 'recv']) {
    const config = agentConfig(options, account, url, tokens[role], env);
    writePrivate(state, `config.${role}.json`, config);
    say(`config.json of agents that ${role}: .deploy/config.${role}.json`);
    say(JSON.stringify({ ...config, ...masked(config) }, null, 2));
  }
  if (!env.SYNCMATE_ACCESS_KEY || !env.SYNCMATE_SECRET_KEY) {
    say(
      `next: make an R2 API token for ${options.bucket} in the dashboard (R2, Manage API tokens, "Object Read & Write") and put its access_key and secret_key into both`,
    );
  }
}

function whichAccount(whoami, env) {
  const accounts = whoami.status === 0 ? (parseJson(whoami.stdout)?.accounts ?? []) : [];
  if (accounts.length === 0) {
    throw new DeployError(
      `not logged in to Cloudflare; run: ${WRANGLER} login (or set CLOUDFLARE_API_TOKEN)${
        whoami.stdout.includes('"loggedIn"') ? '' : `\n${tail(whoami)}`
      }`,
      2,
    );
  }
  const wanted = env.CLOUDFLARE_ACCOUNT_ID;
  const found = wanted ? accounts.find((each) => each.id === wanted) : accounts[0];
  if (found === undefined || (!wanted && accounts.length > 1)) {
    const names = accounts.map((each) => `${each.id} (${each.name})`).join(', ');
    throw new DeployError(
      `CLOUDFLARE_ACCOUNT_ID: ${wanted ?? 'not set'} (expected: one of the login's accounts: ${names})`,
      2,
    );
  }
  return found;
}

function database(toml, must, say) {
  const find = () =>
    (parseJson(must(['d1', 'list', '--json'])) ?? []).find((each) => each.name === toml.database);
  let found = find();
  if (found === undefined) {
    must(['d1', 'create', toml.database]);
    say(`database: ${toml.database} made`);
    found = find();
  }
  if (found === undefined) {
    throw new DeployError(`database ${toml.database}: made, but wrangler d1 list doesn't show it`);
  }
  if (toml.databaseId !== NO_DATABASE && toml.databaseId !== found.uuid) {
    throw new DeployError(
      `wrangler.toml: database_id is ${toml.databaseId}, but the account's database ${toml.database} is ${found.uuid}; another account? put back ${NO_DATABASE} to use the latter`,
    );
  }
  return found.uuid;
}

function bucket(options, wrangler, must, say) {
  const info = wrangler(['r2', 'bucket', 'info', options.bucket, '--json']);
  if (info.status === 0) {
    say(`bucket: ${options.bucket} is there`);
  } else {
    must(['r2', 'bucket', 'create', options.bucket]);
    say(`bucket: ${options.bucket} made`);
  }
  if (must(['r2', 'bucket', 'lifecycle', 'list', options.bucket]).includes(RULE)) return;
  const rule = [options.bucket, RULE, '--expire-days', String(options.expireDays), '--force'];
  must(['r2', 'bucket', 'lifecycle', 'add', ...rule]);
  say(`bucket: objects expire after ${options.expireDays} days`);
}

/** Tokens that this checkout knows are kept; ones that it doesn't know are replaced only if told to. */
function putTokens(options, state, must, worker) {
  let tokens = options.newTokens ? null : readJson(join(state, 'tokens.json'));
  if (tokens === null) {
    const secrets = parseJson(must(['secret', 'list', '--format', 'json'])) ?? [];
    if (!options.newTokens && secrets.some((each) => each.name === SECRET)) {
      throw new DeployError(
        `${worker} has tokens already and .deploy/tokens.json is not here; bring that file from where you deployed before, or replace all tokens with --new-tokens`,
      );
    }
    tokens = Object.fromEntries(ROLES.map((role) => [role, randomBytes(32).toString('hex')]));
    writePrivate(state, 'tokens.json', tokens);
  }
  const hash = (token) => createHash('sha256').update(token).digest('hex');
  const secret = Object.entries(tokens).map(([role, token]) => [
    hash(token),
    { role, name: `deployed-${role}` },
  ]);
  must(['secret', 'put', SECRET], JSON.stringify(Object.fromEntries(secret)));
  return tokens;
}

function agentConfig(options, account, url, token, env) {
  return {
    account_id: account.id,
    bucket: options.bucket,
    access_key: env.SYNCMATE_ACCESS_KEY || '…',
    secret_key: env.SYNCMATE_SECRET_KEY || '…',
    coordinator_url: url ?? '…',
    coordinator_token: token,
  };
}

/** What is printed may end up in a log. */
function masked(config) {
  const hidden = {};
  for (const key of ['access_key', 'secret_key', 'coordinator_token']) {
    if (config[key] !== '…') hidden[key] = '(in the file)';
  }
  return hidden;
}

/** Changes the one value, where it stands: a document that is written anew has lost its comments. */
function setDatabaseId(folder, id) {
  const file = join(folder, 'wrangler.toml');
  const text = readFileSync(file, 'utf8');
  const { databaseId } = namesIn(text);
  for (let at = text.indexOf(databaseId); at >= 0; at = text.indexOf(databaseId, at + 1)) {
    const changed = text.slice(0, at) + id + text.slice(at + databaseId.length);
    if (namesIn(changed).databaseId === id) {
      writeFileSync(file, changed);
      return;
    }
  }
  throw new DeployError(`wrangler.toml: database_id can't be changed; write ${id} there by hand`);
}

function writePrivate(folder, name, value) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw new DeployError(`${file}: can't be read: ${error.message}`);
  }
}

/** wrangler prints notes before its JSON now and then. */
function parseJson(text) {
  const start = text.search(/[[{]/);
  try {
    return JSON.parse(text.slice(start));
  } catch {
    return null;
  }
}

function tail({ stdout, stderr }) {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
}

function runWrangler(args, input) {
  const { status, stdout, stderr, error } = spawnSync(
    join(ROOT, WRANGLER),
    [...args, '--config', join(ROOT, 'wrangler.toml')],
    {
      cwd: ROOT,
      input: input ?? '',
      encoding: 'utf8',
      maxBuffer: 64 << 20,
      env: { ...process.env, WRANGLER_HIDE_BANNER: 'true', WRANGLER_SEND_METRICS: 'false' },
    },
  );
  if (error) throw new DeployError(`${WRANGLER}: can't be run: ${error.message}`);
  return { status, stdout, stderr };
}

function main(args) {
  try {
    const options = parseOptions(args);
    if (options === null) {
      process.stdout.write(HELP);
    } else if (options.dryRun) {
      console.log(dryRun(options, ROOT).join('\n'));
    } else {
      deploy(options, { folder: ROOT, wrangler: runWrangler, say: console.log, env: process.env });
    }
    return 0;
  } catch (error) {
    if (!(error instanceof DeployError)) throw error;
    console.error(`error: ${error.message}`);
    return error.status;
  }
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2));
}
