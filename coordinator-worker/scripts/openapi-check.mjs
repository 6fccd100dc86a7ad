// SPDX-License-Identifier: Apache-2.0
/**
 * Checks shared-schema/openapi.yaml: OpenAPI 3.1, every reference resolves, and every schema is
 * used by a call, directly or through another one.
 */
import { readdir, readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConfig, lint } from '@redocly/openapi-core';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OPENAPI = fileURLToPath(new URL('../../shared-schema/openapi.yaml', import.meta.url));
const SCHEMAS = new URL('../../shared-schema/schemas/', import.meta.url);

/** Of no call: one line of taskgen's output. */
const NOT_SENT = ['task-line.schema.json'];

/** @returns {Promise<string[]>} */
async function lintErrors() {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      // Liveness can't be asked wrongly.
      'operation-4xx-response': 'off',
    },
  });
  const problems = await lint({ ref: OPENAPI, config });
  return problems.map(({ ruleId, message, location: [at] }) => {
    const line = at && 'start' in at && at.start ? `:${at.start.line}` : '';
    const file = at ? relative(ROOT, at.source.absoluteRef) : '';
    return `${file}${line}${at?.pointer ?? ''}: ${message} (${ruleId})`;
  });
}

/** @param {string} text */
const referencesIn = (text) => [...text.matchAll(/([a-z-]+\.schema\.json)/g)].map(([name]) => name);

/** @returns {Promise<string[]>} */
async function unusedSchemas() {
  const used = new Set(NOT_SENT);
  const waiting = referencesIn(await readFile(OPENAPI, 'utf8'));
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    waiting.push(...referencesIn(await readFile(new URL(name, SCHEMAS), 'utf8')));
  }
  return (await readdir(SCHEMAS))
    .filter((name) => !used.has(name))
    .map((name) => `shared-schema/schemas/${name}: used by no call of openapi.yaml`);
}

// A reference to no file is the linter's to tell.
let errors = await lintErrors();
if (errors.length === 0) errors = await unusedSchemas();
for (const error of errors) console.error(error);
if (errors.length > 0) process.exitCode = 1;
else console.log('shared-schema/openapi.yaml: ok');
