// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './options.mjs';

const OWNER_ONLY = 0o600;
const ROLES = /** @type {const} */ (['admin', 'send', 'recv', 'read']);

/**
 * @typedef {object} Credentials
 * @property {string} access_key
 * @property {string} secret_key
 * @property {Record<'admin' | 'send' | 'recv' | 'read', string>} tokens
 */

/**
 * Takes the folder for this process. Two stacks on one database would corrupt it.
 *
 * @param {string} folder
 * @returns {() => void} gives it back
 */
export function takeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new UsageError(`--state ${folder}: can't be made (${code(error)}); choose another`);
  }
  const lock = join(folder, 'stack.pid');
  const owner = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : NaN;
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new UsageError(
      `--state ${folder}: in use by process ${owner}; stop it or choose another`,
    );
  }
  writeFileSync(lock, String(process.pid));
  return () => rmSync(lock, { force: true });
}

/**
 * Tokens and keys of the folder; new random ones the first time.
 *
 * @param {string} folder
 * @returns {Credentials}
 */
export function credentials(folder) {
  const file = join(folder, 'credentials.json');
  if (existsSync(file)) {
    chmodSync(file, OWNER_ONLY);
    return read(file);
  }
  const random = () => randomBytes(32).toString('hex');
  /** @type {Credentials} */
  const made = {
    access_key: randomBytes(16).toString('hex'),
    secret_key: random(),
    tokens: { admin: random(), send: random(), recv: random(), read: random() },
  };
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  return made;
}

/**
 * The Worker's secret SYNCMATE_TOKENS: who holds the token of which digest.
 *
 * @param {Credentials} known
 */
export function tokensSecret({ tokens }) {
  return JSON.stringify(
    Object.fromEntries(
      ROLES.map((role) => [
        createHash('sha256').update(tokens[role]).digest('hex'),
        { role, name: `local-${role}` },
      ]),
    ),
  );
}

/**
 * @param {string} file
 * @returns {Credentials}
 */
function read(file) {
  /** @type {Partial<Credentials> | null} */
  let found = null;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Told below, with the file that it lacks anything else.
  }
  const values = [
    found?.access_key,
    found?.secret_key,
    ...ROLES.map((role) => found?.tokens?.[role]),
  ];
  if (!values.every((value) => typeof value === 'string' && value !== '')) {
    throw new UsageError(
      `${file}: not what this stack wrote; remove it to get new tokens and keys`,
    );
  }
  return /** @type {Credentials} */ (found);
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return code(error) === 'EPERM';
  }
}

/** @param {unknown} error */
const code = (error) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
