// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `Usage: node coordinator-worker/local/stack.mjs [options]

The local stack: the coordinator Worker, its D1 database and R2's S3 API, in one process that listens
on 127.0.0.1 only. Prints one JSON line on stdout when everything answers:

  {"coordinator_url","s3_endpoint","bucket","access_key","secret_key","region",
   "tokens":{"admin","send","recv","read"}}

It stops, and removes what is temporary, when its stdin closes or on SIGINT, SIGTERM or SIGHUP.

Options:
  --port N                port, 0 to 65535; 0: any free one (default 0)
  --state DIR             keep database, objects, tokens and keys in DIR, so that a later start
                          goes on with them (default: a temporary folder, removed at the end)
  --bucket NAME           bucket (default syncmate)
  --lease-duration-ms N   100 to 86400000 (default: see wrangler.toml, as for those below)
  --poll-interval-ms N    10 to 86400000
  --fail-backoff-ms N     0 to 86400000
  --domain-timeout-ms N   0 to 86400000
  --attempts-max N        1 to 1000
  --failed-hosts-max N    1 to 20
  --calls-limit N         calls of one token in 10 s, 1 to 999999999
  --help                  print this

Exit status: 0 stopped, 1 couldn't start, 2 wrong usage or port in use.

Example, with a shell that keeps stdin open:
  sleep infinity | node coordinator-worker/local/stack.mjs --port 8787 --state .demo/stack
`;

const DAY_MS = 86_400_000;

/** Flags that replace a variable of wrangler.toml, with their limits. */
const VARIABLES = [
  { flag: 'lease-duration-ms', variable: 'LEASE_DURATION_MS', min: 100, max: DAY_MS },
  { flag: 'poll-interval-ms', variable: 'POLL_INTERVAL_MS', min: 10, max: DAY_MS },
  { flag: 'fail-backoff-ms', variable: 'FAIL_BACKOFF_MS', min: 0, max: DAY_MS },
  { flag: 'domain-timeout-ms', variable: 'DOMAIN_TIMEOUT_MS', min: 0, max: DAY_MS },
  { flag: 'steal-factor', variable: 'STEAL_FACTOR', min: 0, max: 1000 },
  { flag: 'steal-min-ms', variable: 'STEAL_MIN_MS', min: 1, max: DAY_MS },
  { flag: 'attempts-max', variable: 'ATTEMPTS_MAX', min: 1, max: 1_000 },
  { flag: 'failed-hosts-max', variable: 'FAILED_HOSTS_MAX', min: 1, max: 20 },
];

/** A mistake of the caller: one line for people, exit status 2. */
export class UsageError extends Error {}

/**
 * @typedef {object} Options
 * @property {number} port
 * @property {string | undefined} state
 * @property {string} bucket
 * @property {Record<string, string>} variables replacements for wrangler.toml's
 * @property {number | undefined} callsLimit replaces wrangler.toml's
 */

/**
 * The options, or null when help was asked for.
 *
 * @param {string[]} args
 * @returns {Options | null}
 */
export function parseOptions(args) {
  const values = parse(args);
  if (values.help === true) return null;
  /** @type {Record<string, string>} */
  const variables = {};
  for (const { flag, variable, min, max } of VARIABLES) {
    const value = text(values[flag]);
    if (value !== undefined) variables[variable] = String(integer(flag, value, min, max));
  }
  const callsLimit = text(values['calls-limit']);
  const state = text(values.state);
  if (state === '') throw new UsageError('--state: empty (expected: a folder)');
  return {
    port: integer('port', text(values.port) ?? '0', 0, 65_535),
    state: state === undefined ? undefined : resolve(state),
    bucket: bucketName(text(values.bucket) ?? 'syncmate'),
    variables,
    callsLimit:
      callsLimit === undefined ? undefined : integer('calls-limit', callsLimit, 1, 999_999_999),
  };
}

/** @param {string[]} args */
function parse(args) {
  /** @type {Record<string, { type: 'string' | 'boolean' }>} */
  const options = { help: { type: 'boolean' } };
  for (const flag of [
    'port',
    'state',
    'bucket',
    'calls-limit',
    ...VARIABLES.map((each) => each.flag),
  ]) {
    options[flag] = { type: 'string' };
  }
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${message.split('\n')[0]?.split('. To specify')[0]}; see --help`);
  }
}

/**
 * @param {string | boolean | undefined | (string | boolean)[]} value
 * @returns {string | undefined}
 */
const text = (value) => (typeof value === 'string' ? value : undefined);

/**
 * @param {string} flag
 * @param {string} value
 * @param {number} min
 * @param {number} max
 */
function integer(flag, value, min, max) {
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : NaN;
  if (!(number >= min && number <= max)) {
    throw new UsageError(`--${flag}: ${value} (expected: a whole number, ${min} to ${max})`);
  }
  return number;
}

/** @param {string} value */
function bucketName(value) {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(value)) {
    throw new UsageError(`--bucket: ${value} (expected: 3 to 63 of a-z, 0-9 and inner dashes)`);
  }
  return value;
}
