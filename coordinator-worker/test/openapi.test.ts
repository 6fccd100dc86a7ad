// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import openapiText from '../../shared-schema/openapi.yaml?raw';
import { WORDINGS } from '../src/http/wordings/all';
import { createApp } from '../src/index';

const openapi = parse(openapiText) as {
  paths: Record<string, Record<string, unknown>>;
  'x-problem-types': Record<string, number>;
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

describe('openapi.yaml', () => {
  it('lists exactly the calls that the Worker routes', () => {
    const described = Object.entries(openapi.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => METHODS.includes(key))
        .map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`),
    );
    const routed = createApp(() => 0)
      .routes.filter(({ method }) => METHODS.includes(method.toLowerCase()))
      .map(({ method, path }) => `${method} ${path.replace(/:\w+/g, '{}')}`);
    expect([...new Set(routed)].sort()).toEqual(described.sort());
  });

  it('lists exactly the problem types that the Worker words, each with its status', () => {
    const worded = Object.entries(WORDINGS).map(([reason, { status }]) => [reason, status]);
    expect(Object.fromEntries(worded)).toEqual(openapi['x-problem-types']);
  });
});
