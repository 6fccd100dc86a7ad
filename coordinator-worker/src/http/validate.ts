// SPDX-License-Identifier: Apache-2.0
import { Validator, type OutputUnit } from '@cfworker/json-schema';
import type { Context } from 'hono';
import type { Messages } from '../generated/messages';
import { SCHEMAS, type MessageName } from '../generated/schemas';
import type { App } from './app';
import { Problem } from './problem';

/** Requests against the schemas of the contract: types, limits of batches, no unknown fields. */

const validators = new Map<MessageName, Validator>();

function validatorOf(name: MessageName): Validator {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const validator = new Validator(SCHEMAS[name], '2020-12', true);
  for (const schema of Object.values(SCHEMAS)) {
    if (schema !== SCHEMAS[name]) validator.addSchema(schema);
  }
  validators.set(name, validator);
  return validator;
}

/** The body as that message, or a problem that says where it isn't one. */
export async function readBody<Name extends MessageName>(
  c: Context<App>,
  name: Name,
): Promise<Messages[Name]> {
  return check(name, await readJson(c));
}

/** The body as JSON, before it is looked at. */
export async function readJson(c: Context<App>): Promise<unknown> {
  return parse(await c.req.arrayBuffer());
}

function parse(body: ArrayBuffer): unknown {
  if (body.byteLength === 0) throw new Problem({ reason: 'malformed_json', found: 'empty' });
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body),
    ) as unknown;
  } catch {
    throw new Problem({ reason: 'malformed_json', found: 'something else' });
  }
}

export function check<Name extends MessageName>(name: Name, value: unknown): Messages[Name] {
  const { valid, errors } = validatorOf(name).validate(value);
  if (valid) return value as Messages[Name];
  throw new Problem({ reason: 'invalid_request', ...deepest(errors) });
}

/** The innermost error: the outer ones only say that something inside is wrong. */
function deepest(errors: readonly OutputUnit[]): { at: string; found: string } {
  const error = errors.at(-1);
  return {
    at: error?.instanceLocation ?? '#',
    found: error?.error ?? 'does not match its schema',
  };
}

const PARAMETERS = {
  session_id: /^[A-Za-z0-9_-]{8,64}$/,
  job_id: /^[0-9a-f]{16,64}$/,
  task_id: /^[0-9]{1,15}-[0-9]{1,7}$/,
  file_id: /^[0-9]{1,15}$/,
  audit_id: /^[0-9]{1,15}$/,
  token_id: /^[0-9]{1,15}$/,
  // eslint-disable-next-line no-control-regex -- these are what a name must not have
  destination: /^[^\u0000-\u001f\u007f]{1,128}$/u,
  // eslint-disable-next-line no-control-regex -- no path has NUL
  manifest_part: /^[0-9]{1,16}:\/[^\u0000]*$/u,
} as const;

/** A part of the path or the query. */
export function checkParameter(
  at: string,
  value: string | undefined,
  kind: keyof typeof PARAMETERS,
): string {
  const pattern = PARAMETERS[kind];
  if (value !== undefined && pattern.test(value)) return value;
  const found = value === undefined ? 'missing' : 'malformed';
  throw new Problem({
    reason: 'invalid_request',
    at,
    found: `${found} (expected: ${pattern.source})`,
  });
}

/** A part of the query that may be absent: then null. */
export function checkQuery(
  c: Context<App>,
  name: string,
  kind: keyof typeof PARAMETERS,
): string | null {
  const value = c.req.query(name);
  return value === undefined ? null : checkParameter(name, value, kind);
}

/** As a number. */
export function checkNumber(
  c: Context<App>,
  name: string,
  kind: 'file_id' | 'audit_id' | 'token_id',
): number | null {
  const value = checkQuery(c, name, kind);
  return value === null ? null : Number(value);
}

/** A part of the query that names a state; null where it is absent. */
export function checkState<State extends string>(
  value: string | undefined,
  states: readonly State[],
): State | null {
  if (value === undefined) return null;
  const known = states.find((state) => state === value);
  if (known !== undefined) return known;
  throw new Problem({
    reason: 'invalid_request',
    at: 'state',
    found: `unknown (expected: ${states.join(', ')})`,
  });
}
