// SPDX-License-Identifier: Apache-2.0
import { parseTokens, type TokenTable } from './auth/tokens';
import type { Settings } from './domain/settings';

/** Bindings of wrangler.toml, and the secret. */
export interface Bindings {
  readonly DB: D1Database;
  readonly CALLS_LIMIT: RateLimit;
  readonly REFUSALS_LIMIT: RateLimit;
  readonly SYNCMATE_TOKENS: string;
  readonly LEASE_DURATION_MS: string;
  readonly POLL_INTERVAL_MS: string;
  readonly ATTEMPTS_MAX: string;
  readonly FAILED_HOSTS_MAX: string;
  readonly FAIL_BACKOFF_MS: string;
  readonly DOMAIN_TIMEOUT_MS: string;
  readonly STEAL_FACTOR: string;
  readonly STEAL_MIN_MS: string;
}

/** Bindings that were checked. */
export interface Environment {
  readonly settings: Settings;
  readonly tokens: TokenTable;
}

/** The deployment is wrong; the message names every wrong binding, and no secret. */
export class MisconfiguredError extends Error {
  override readonly name = 'MisconfiguredError';
}

const DAY_MS = 86_400_000;
const HEARTBEATS_PER_LEASE = 3;
const HEARTBEAT_MIN_MS = 10;

export function readEnvironment(bindings: Partial<Bindings>): Environment {
  const wrong: string[] = [];
  const number = (name: NumberBinding, { min, max }: { min: number; max: number }): number => {
    const text = bindings[name];
    const value = Number(text);
    if (
      text !== undefined &&
      text !== '' &&
      Number.isInteger(value) &&
      value >= min &&
      value <= max
    ) {
      return value;
    }
    wrong.push(`${name}: ${text ?? 'missing'} (expected: a whole number from ${min} to ${max})`);
    return min;
  };
  const leaseDurationMs = number('LEASE_DURATION_MS', { min: 100, max: DAY_MS });
  const settings: Settings = {
    leaseDurationMs,
    heartbeatIntervalMs: Math.max(
      Math.floor(leaseDurationMs / HEARTBEATS_PER_LEASE),
      HEARTBEAT_MIN_MS,
    ),
    pollIntervalMs: number('POLL_INTERVAL_MS', { min: 10, max: DAY_MS }),
    attemptsMax: number('ATTEMPTS_MAX', { min: 1, max: 1000 }),
    failedHostsMax: number('FAILED_HOSTS_MAX', { min: 1, max: 20 }),
    failBackoffMs: number('FAIL_BACKOFF_MS', { min: 0, max: DAY_MS }),
    domainTimeoutMs: number('DOMAIN_TIMEOUT_MS', { min: 1, max: 365 * DAY_MS }),
    stealFactor: number('STEAL_FACTOR', { min: 0, max: 1000 }),
    stealMinMs: number('STEAL_MIN_MS', { min: 1, max: DAY_MS }),
  };
  const tokens = parseTokens(bindings.SYNCMATE_TOKENS);
  if (tokens === null) {
    wrong.push(
      'SYNCMATE_TOKENS: missing or malformed (expected: {"<sha256 of token>": {"role": "send|recv|both|admin|read", "name": "..."}})',
    );
  }
  if (bindings.DB === undefined) wrong.push('DB: missing (expected: a D1 database)');
  for (const limit of ['CALLS_LIMIT', 'REFUSALS_LIMIT'] as const) {
    if (bindings[limit] === undefined) wrong.push(`${limit}: missing (expected: a rate limit)`);
  }
  if (tokens === null || wrong.length > 0) throw new MisconfiguredError(wrong.join('; '));
  return { settings, tokens };
}

type NumberBinding = Exclude<
  keyof Bindings,
  'DB' | 'CALLS_LIMIT' | 'REFUSALS_LIMIT' | 'SYNCMATE_TOKENS'
>;
