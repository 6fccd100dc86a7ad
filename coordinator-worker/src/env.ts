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

type NumberBinding = Exclude<
  keyof Bindings,
  'DB' | 'CALLS_LIMIT' | 'REFUSALS_LIMIT' | 'SYNCMATE_TOKENS'
>;

const DAY_MS = 86_400_000;

const NUMBERS: Readonly<Record<NumberBinding, { min: number; max: number }>> = {
  LEASE_DURATION_MS: { min: 100, max: DAY_MS },
  POLL_INTERVAL_MS: { min: 10, max: DAY_MS },
  ATTEMPTS_MAX: { min: 1, max: 1000 },
  FAILED_HOSTS_MAX: { min: 1, max: 20 },
  FAIL_BACKOFF_MS: { min: 0, max: DAY_MS },
  DOMAIN_TIMEOUT_MS: { min: 1, max: 365 * DAY_MS },
  STEAL_FACTOR: { min: 0, max: 1000 },
  STEAL_MIN_MS: { min: 1, max: DAY_MS },
};

export function readEnvironment(bindings: Partial<Bindings>): Environment {
  const tokens = parseTokens(bindings.SYNCMATE_TOKENS);
  const wrong = [
    ...(Object.keys(NUMBERS) as NumberBinding[]).flatMap((name) => wrongNumber(bindings, name)),
    ...(tokens === null
      ? [
          'SYNCMATE_TOKENS: missing or malformed (expected: {"<sha256 of token>": {"role": "send|recv|both|admin|read", "name": "..."}})',
        ]
      : []),
    ...missing(bindings),
  ];
  if (tokens === null || wrong.length > 0) throw new MisconfiguredError(wrong.join('; '));
  return { settings: settingsOf(bindings), tokens };
}

function wrongNumber(bindings: Partial<Bindings>, name: NumberBinding): string[] {
  const { min, max } = NUMBERS[name];
  const text = bindings[name];
  const value = text === undefined || text === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [`${name}: ${text ?? 'missing'} (expected: a whole number from ${min} to ${max})`];
}

function missing(bindings: Partial<Bindings>): string[] {
  const limits = (['CALLS_LIMIT', 'REFUSALS_LIMIT'] as const).filter(
    (limit) => bindings[limit] === undefined,
  );
  return [
    ...(bindings.DB === undefined ? ['DB: missing (expected: a D1 database)'] : []),
    ...limits.map((limit) => `${limit}: missing (expected: a rate limit)`),
  ];
}

const HEARTBEATS_PER_LEASE = 3;
const HEARTBEAT_MIN_MS = 10;

function settingsOf(bindings: Partial<Bindings>): Settings {
  const number = (name: NumberBinding) => Number(bindings[name]);
  const leaseDurationMs = number('LEASE_DURATION_MS');
  const heartbeatMs = Math.floor(leaseDurationMs / HEARTBEATS_PER_LEASE);
  return {
    leaseDurationMs,
    heartbeatIntervalMs: Math.max(heartbeatMs, HEARTBEAT_MIN_MS),
    pollIntervalMs: number('POLL_INTERVAL_MS'),
    attemptsMax: number('ATTEMPTS_MAX'),
    failedHostsMax: number('FAILED_HOSTS_MAX'),
    failBackoffMs: number('FAIL_BACKOFF_MS'),
    domainTimeoutMs: number('DOMAIN_TIMEOUT_MS'),
    stealFactor: number('STEAL_FACTOR'),
    stealMinMs: number('STEAL_MIN_MS'),
  };
}
