#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROLES = ['send', 'recv', 'both', 'admin', 'read'];
const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;
/** Exit status: whether it was done is not known. */
const UNANSWERED = 3;

const HELP = `Usage: scripts/token add NAME --role ROLE [--config FILE]
       scripts/token list [--json]
       scripts/token revoke ID

Adds, lists and revokes bearer tokens of a running coordinator; nothing is deployed again. A token is made
here and only its SHA-256 is sent: nobody can show it a second time. A revoked token opens nothing from that
moment on; its agent stops with exit code 2, and its leases go to others when they expire.

NAME is who holds it. A token of role send, recv or both is for the agent of that name (name in config.json,
the host's name unless it is given) and no other.

Options:
  --role ROLE      send, recv, both (agents), admin (operators) or read (status, metrics)
  --config FILE    write the agent's config.json there, readable by you alone, instead of printing the token:
                   what scripts/deploy wrote for the role, with NAME and the token
  --json           list: a JSON line a token
  --help           print this

Which coordinator: SYNCMATE_COORDINATOR_URL, or what scripts/deploy wrote into .deploy/. With a token of role
admin: SYNCMATE_COORDINATOR_TOKEN, or that of .deploy/tokens.json.

Examples:
  scripts/token add da5 --role send --config config.da5.json
  scripts/token add prometheus --role read >prometheus.token
  scripts/token list
  scripts/token revoke 3

Exit status: 0 done, 1 refused, 2 wrong usage or no right to, 3 the coordinator doesn't answer.
`;

/** What stops it: one line for people. */
export class TokenError extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

const usage = (message) => new TokenError(`${message}; see --help`, 2);

/** @returns {{command, name, role, config, id, json}}, or null when help was asked for */
export function parseOptions(args) {
  let values, positionals;
  try {
    ({ values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        role: { type: 'string' },
        config: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw usage(error.message.split('. To specify')[0]);
  }
  if (values.help) return null;
  const [command, subject, ...more] = positionals;
  const { role, config, json } = values;
  if (more.length > 0) throw usage(`${more[0]}: not expected`);
  switch (command) {
    case 'add':
      if (!/^\P{Cc}{1,128}$/u.test(subject ?? '')) {
        throw usage(`NAME: ${subject ?? 'missing'} (expected: 1 to 128 characters)`);
      }
      if (!ROLES.includes(role)) {
        throw usage(`--role: ${role ?? 'missing'} (expected: ${ROLES.join(', ')})`);
      }
      if (config !== undefined && ['admin', 'read'].includes(role)) {
        throw usage(`--config: not for role ${role}, which is no agent's`);
      }
      return { command, name: subject, role, config };
    case 'list':
      if (subject !== undefined) throw usage(`${subject}: not expected`);
      return { command, json };
    case 'revoke':
      if (!/^[0-9]{1,15}$/.test(subject ?? '')) {
        throw usage(`ID: ${subject ?? 'missing'} (expected: a number that list shows)`);
      }
      return { command, id: subject };
    default:
      throw usage(`${command ?? 'command missing'} (expected: add, list, revoke)`);
  }
}

/** Address of the coordinator and an operator's token: the environment's, or those of .deploy/. */
export function whichCoordinator(folder, env) {
  const url = env.SYNCMATE_COORDINATOR_URL || deployed(folder, 'config.send.json').coordinator_url;
  const token = env.SYNCMATE_COORDINATOR_TOKEN || deployed(folder, 'tokens.json').admin;
  if (!/^https?:\/\/[^\s]+$/.test(url ?? '')) {
    throw new TokenError(`SYNCMATE_COORDINATOR_URL: ${url ?? 'missing'} (expected: its URL)`, 2);
  }
  if (!/^[^\s]+$/.test(token ?? '')) {
    throw new TokenError('SYNCMATE_COORDINATOR_TOKEN: missing or with spaces', 2);
  }
  return { url: url.replace(/\/+$/, ''), token };
}

function deployed(folder, name) {
  const file = join(folder, '.deploy', name);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error.code === 'ENOENT' ? 'not there' : 'not readable as JSON';
    throw new TokenError(
      `${file}: ${why}; run it where scripts/deploy ran, or set SYNCMATE_COORDINATOR_URL and SYNCMATE_COORDINATOR_TOKEN`,
      2,
    );
  }
}

/**
 * Makes the call. Each may be repeated, so it is, until there is an answer.
 *
 * @param wait (ms) => Promise
 */
async function call({ url, token }, { method, path, body }, { fetch, wait }) {
  for (let attempt = 1; ; attempt++) {
    let answer, said;
    try {
      answer = await fetch(url + path, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      said = await answer.text();
    } catch (error) {
      said = error.cause?.message ?? error.message;
    }
    if (answer?.ok) return answered(said, url);
    const again = answer === undefined || answer.status === 429 || answer.status >= 500;
    if (!again) throw refused(answer.status, said);
    if (attempt === ATTEMPTS) {
      const found = answer === undefined ? said : problem(answer.status, said);
      throw new TokenError(`${method} ${url}${path}: ${found} (${ATTEMPTS} attempts)`, UNANSWERED);
    }
    await wait(
      Math.max(1000 * 2 ** (attempt - 1), 1000 * Number(answer?.headers.get('Retry-After') ?? 0)),
    );
  }
}

function answered(text, url) {
  try {
    return JSON.parse(text);
  } catch {
    throw new TokenError(`${url}: not a coordinator's answer; check the URL`, 2);
  }
}

const refused = (status, text) =>
  new TokenError(problem(status, text), status === 401 || status === 403 ? 2 : 1);

function problem(status, text) {
  try {
    const { detail, type, request_id: id } = JSON.parse(text);
    return `${detail} (${String(type).split(':').at(-1)}) [request ${id}]`;
  } catch {
    return `HTTP ${status}`;
  }
}

/**
 * Does it.
 *
 * @param world folder of the checkout, env, fetch, wait, and who hears: say prints a result, tell a remark
 */
export async function run(options, world) {
  const coordinator = whichCoordinator(world.folder, world.env);
  switch (options.command) {
    case 'add':
      return add(options, coordinator, world);
    case 'list':
      return list(options, coordinator, world);
    case 'revoke': {
      const path = `/v1/tokens/${options.id}`;
      const revoked = await call(coordinator, { method: 'DELETE', path }, world);
      return world.tell(
        `token ${revoked.token_id} of ${revoked.name} (${revoked.role}) is revoked`,
      );
    }
  }
}

async function add({ name, role, config }, coordinator, { folder, say, tell, ...world }) {
  const template =
    config === undefined
      ? null
      : deployed(folder, `config.${role === 'recv' ? 'recv' : 'send'}.json`);
  const token = `syncmate_${randomBytes(32).toString('hex')}`;
  const sha256 = createHash('sha256').update(token).digest('hex');
  const request = { method: 'POST', path: '/v1/tokens', body: { sha256, name, role } };
  // Written first: a token that nobody has could only be revoked.
  if (template !== null) writePrivate(config, { ...template, name, coordinator_token: token });
  const added = await call(coordinator, request, world).catch((error) => {
    if (template !== null && error.status !== UNANSWERED) rmSync(config);
    throw error;
  });
  tell(`token ${added.token_id} is for ${name} (${role})${config ? `: ${config}` : ''}`);
  if (template === null) say(token);
}

async function list({ json }, coordinator, { say, ...world }) {
  const tokens = [];
  let after = '';
  do {
    const page = await call(coordinator, { method: 'GET', path: `/v1/tokens${after}` }, world);
    tokens.push(...page.tokens);
    after = page.next === null ? '' : `?after=${page.next}`;
  } while (after !== '');
  if (json) return tokens.forEach((token) => say(JSON.stringify(token)));
  const time = (ms) => (ms === null ? '-' : new Date(ms).toISOString().slice(0, 16) + 'Z');
  const line = (id, role, created, revoked, name) =>
    `${id.padStart(5)}  ${role.padEnd(5)}  ${created.padEnd(17)}  ${revoked.padEnd(17)}  ${name}`;
  say(line('ID', 'ROLE', 'ADDED', 'REVOKED', 'NAME'));
  for (const { token_id: id, role, created_at_ms: at, revoked_at_ms: until, name } of tokens) {
    say(line(id, role, time(at), time(until), name));
  }
}

function writePrivate(file, value) {
  try {
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  } catch (error) {
    const why = error.code === 'EEXIST' ? 'is there already' : `can't be written (${error.code})`;
    throw new TokenError(`--config ${file}: ${why}; choose another`, 2);
  }
}

async function main(args) {
  try {
    const options = parseOptions(args);
    if (options === null) {
      process.stdout.write(HELP);
      return 0;
    }
    const { env } = process;
    await run(options, {
      folder: ROOT,
      env,
      fetch,
      wait: pause,
      say: console.log,
      tell: console.error,
    });
    return 0;
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    console.error(`error: ${error.message}`);
    return error.status;
  }
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
