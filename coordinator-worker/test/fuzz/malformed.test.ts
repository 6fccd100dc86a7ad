// SPDX-License-Identifier: Apache-2.0
import fc, { type GeneratorValue } from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../../src/http/validate';
import { dump, EVERYTHING } from '../testing/dump';
import { World } from '../testing/world';
import { OPERATIONS, type Operation, type Parameter } from './contract';
import { broken, fitting, pick } from './values';

const MALFORMED_REQUESTS = 10_000;
const WELL_FORMED_REQUESTS = 500;
const encoder = new TextEncoder();

interface Request {
  readonly operation: Operation;
  readonly path: string;
  readonly query: string;
  readonly body: BodyInit | null;
  readonly authorization: string | null;
}

/** Which part of the request is wrong; all others are right. */
type Fault = 'body' | 'json' | 'parameter' | 'token';

const pathOf = (operation: Operation, values: ReadonlyMap<string, string>): string =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(wellFormed(values.get(name) ?? '')),
  );

/** A lone surrogate can't be written into a URL at all. */
const wellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/gu, '\ufffd');

const queryOf = (operation: Operation, values: ReadonlyMap<string, string>): string =>
  operation.parameters
    .filter((each) => each.in === 'query' && values.has(each.name))
    .map(({ name }) => `${name}=${encodeURIComponent(wellFormed(values.get(name) ?? ''))}`)
    .join('&');

function parameters(g: GeneratorValue, operation: Operation): Map<string, string> {
  const given = operation.parameters.filter(({ required }) => required || g(fc.boolean));
  return new Map(given.map(({ name, schema }) => [name, String(fitting(g, schema))]));
}

function faultsOf({ body, parameters: all }: Operation): Fault[] {
  return [
    'token',
    ...(body === null ? [] : (['body', 'body', 'body', 'body', 'json'] as const)),
    ...(all.length === 0 ? [] : (['parameter', 'parameter'] as const)),
  ];
}

/** Not an empty path part: that is another path. */
const brokenText = (g: GeneratorValue, { in: place, schema }: Parameter): string => {
  const value = broken(g, schema);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const fits = (candidate: string) =>
    schema.enum?.includes(candidate) ?? new RegExp(schema.pattern ?? '', 'u').test(candidate);
  if (!fits(wellFormed(text)) && !(place === 'path' && /^\.{0,2}$/.test(text))) return text;
  return fits('*') ? '\u0000' : '*';
};

function brokenJson(g: GeneratorValue, good: string): BodyInit {
  const cut = g(fc.integer, { min: 0, max: Math.max(0, good.length - 1) });
  return pick<BodyInit>(g, [
    good.slice(0, cut),
    `${good}${good}`,
    `${good},`,
    'NaN',
    "{'a': 1}",
    new Uint8Array([...encoder.encode(good.slice(0, -1)), 0xff, 0x7d]),
    new Uint8Array([0xfe, 0xff, 0, 0x7b]),
    '['.repeat(5000),
  ]);
}

function request(g: GeneratorValue, operation: Operation, fault: Fault | null): Request {
  const values = parameters(g, operation);
  if (fault === 'parameter') {
    const wrong = pick(g, operation.parameters);
    values.set(wrong.name, brokenText(g, wrong));
  }
  const { body } = operation;
  let sent: BodyInit | null = null;
  if (body !== null) {
    const good = JSON.stringify(fault === 'body' ? broken(g, body) : fitting(g, body));
    sent = fault === 'json' ? brokenJson(g, good) : good;
  }
  const tokens = [null, 'Bearer', 'Bearer wrong', 'Basic eDp5', `Bearer ${'x'.repeat(5000)}`];
  return {
    operation,
    path: pathOf(operation, values),
    query: queryOf(operation, values),
    body: sent,
    authorization: fault === 'token' ? pick(g, tokens) : 'Bearer test-admin-token',
  };
}

async function send(world: World, { operation, path, query, body, authorization }: Request) {
  const response = await world.raw(query === '' ? path : `${path}?${query}`, {
    method: operation.method,
    headers: authorization === null ? {} : { Authorization: authorization },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const shown = ({ operation, path, query, body }: Request, status: number, text: string): string =>
  `${operation.method} ${path}?${query} ${typeof body === 'string' ? body.slice(0, 500) : 'bytes'} → ${status} ${text.slice(0, 500)}`;

test(`refuses ${MALFORMED_REQUESTS} malformed requests as documented and changes nothing`, async () => {
  const world = new World();
  const before = await dump(EVERYTHING);
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const operation = pick(g, OPERATIONS);
      const made = request(g, operation, pick(g, faultsOf(operation)));
      const { status, text } = await send(world, made);
      const why = shown(made, status, text);
      expect(status >= 400 && status < 500, why).toBe(true);
      expect(operation.statuses.has(status), `not documented: ${why}`).toBe(true);
      expect(check('Problem', JSON.parse(text)).status, why).toBe(status);
    }),
    { numRuns: MALFORMED_REQUESTS, endOnFailure: true },
  );
  expect(await dump(EVERYTHING)).toBe(before);
});

test(`answers ${WELL_FORMED_REQUESTS} random requests of the right form as documented`, async () => {
  const world = new World();
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (g) => {
      const operation = pick(g, OPERATIONS);
      const made = request(g, operation, null);
      const { status, text } = await send(world, made);
      const why = shown(made, status, text);
      expect(status < 500, why).toBe(true);
      expect(operation.statuses.has(status), `not documented: ${why}`).toBe(true);
    }),
    { numRuns: WELL_FORMED_REQUESTS, endOnFailure: true },
  );
});
