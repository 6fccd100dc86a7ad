// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import openapiText from '../../../shared-schema/openapi.yaml?raw';
import type { TokenRole } from '../../src/auth/tokens';
import { createApp } from '../../src/index';
import { clear } from '../testing/dump';
import { ROUTES, type Route } from '../testing/routes';
import { World } from '../testing/world';

/** openapi.yaml says of each call which roles a token for it may have. */

const TOKENS = ['send', 'recv', 'both', 'admin', 'read'] as const satisfies readonly TokenRole[];

const { paths } = parse(openapiText) as {
  paths: Record<string, Record<string, { description?: string }>>;
};

const withoutNames = (path: string) => path.replace(/\{\w+\}|:\w+/g, '{}');

const documented = new Map(
  Object.entries(paths).flatMap(([path, calls]) =>
    Object.entries(calls).flatMap(([method, { description }]) => {
      const roles = /^Role of the token: ([^.]+)\./.exec(description ?? '')?.[1];
      return roles === undefined
        ? []
        : [[`${method.toUpperCase()} ${withoutNames(path)}`, roles] as const];
    }),
  ),
);

/** Where it depends on what is asked for: the field that says it. */
const FIELDS = { 'that of the agent': 'role', 'that of the direction': 'direction' } as const;

interface Case {
  readonly body: string | null;
  readonly roles: readonly string[];
}

function casesOf(text: string, body: string | null): Case[] {
  if (text === 'any') return [{ body, roles: TOKENS }];
  const [first = '', ...others] = text.split(/, | or /);
  if (!(first in FIELDS)) return [{ body, roles: [first, ...others] }];
  const field = FIELDS[first as keyof typeof FIELDS];
  return (['send', 'recv'] as const).map((asked) => ({
    body: JSON.stringify({ ...(JSON.parse(body ?? '{}') as object), [field]: asked }),
    roles: [asked, ...others],
  }));
}

async function isForbidden(world: World, { method, path }: Route, body: string | null, as: string) {
  const headers = { Authorization: `Bearer test-${as}-token` };
  const response = await world.raw(path, { method, headers, body });
  return (await response.text()).includes('urn:syncmate:problem:forbidden');
}

beforeEach(clear);

describe.each(ROUTES.filter(({ path }) => path !== '/healthz'))('$method $path', (route) => {
  test('is for the roles that openapi.yaml says, and for no others', async () => {
    const text = documented.get(`${route.method} ${withoutNames(route.template)}`);
    expect(text).toBeDefined();
    const world = new World();
    for (const { body, roles } of casesOf(text ?? '', route.body)) {
      for (const as of TOKENS) {
        expect(await isForbidden(world, route, body, as), `${as} ${body}`).toBe(
          !roles.includes(as),
        );
      }
    }
  });
});

test('each route says in one place who may call it', () => {
  const handlers = new Map<string, number>();
  for (const { method, path } of createApp(() => 0).routes) {
    const route = `${method} ${path}`;
    if (method !== 'ALL') handlers.set(route, (handlers.get(route) ?? 0) + 1);
  }
  const expected = [...handlers.keys()].map((route) => [route, route === 'GET /healthz' ? 1 : 2]);
  expect([...handlers]).toEqual(expected);
});
