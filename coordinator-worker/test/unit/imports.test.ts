// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('../../src/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** What each module names, types included: a circle of types is one too. */
const imports = new Map(
  Object.entries(sources).map(([path, text]) => [
    path,
    [...text.matchAll(/from '(\.[^']+)'/g)].map(
      ([, relative]) =>
        `${new URL(relative ?? '', `file://${path.replace('../..', '')}`).pathname}`,
    ),
  ]),
);

function circle(module: string, through: readonly string[]): readonly string[] | null {
  const at = through.indexOf(module);
  if (at >= 0) return [...through.slice(at), module];
  for (const next of imports.get(`../..${module}.ts`) ?? []) {
    const found = circle(next, [...through, module]);
    if (found !== null) return found;
  }
  return null;
}

test('no module imports itself, by whatever way', () => {
  expect(imports.size).toBeGreaterThan(30);
  for (const path of imports.keys()) {
    expect(circle(path.replace('../..', '').replace(/\.ts$/, ''), [])).toBeNull();
  }
});
