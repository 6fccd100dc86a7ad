// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { UsageError } from './options.mjs';

const PACKAGE = new URL('../package.json', import.meta.url);

/**
 * Refuses a Node that is older than package.json asks for: what is in here fails on it in ways that don't name it.
 *
 * @param {string} [version]
 */
export function checkNode(version = process.versions.node) {
  const { devEngines } = JSON.parse(readFileSync(PACKAGE, 'utf8'));
  const oldest = devEngines.runtime.version.replace('>=', '');
  if (version.localeCompare(oldest, 'en', { numeric: true }) < 0) {
    throw new UsageError(
      `node: ${version} (expected: ${oldest} or newer; ./scripts/test brings one)`,
    );
  }
}
