// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests authenticate with `Bearer test-<role>-token`. */
const ROLES = ['send', 'recv', 'both', 'admin', 'read'];
const tokens = Object.fromEntries(
  ROLES.map((role) => [
    createHash('sha256').update(`test-${role}-token`).digest('hex'),
    { role, name: `test-${role}` },
  ]),
);

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: path('../wrangler.toml') },
      miniflare: {
        cf: false,
        bindings: {
          SYNCMATE_TOKENS: JSON.stringify(tokens),
          SYNCMATE_TASKS: process.env['SYNCMATE_TASKS'] ?? '1000',
          SYNCMATE_STEPS: process.env['SYNCMATE_STEPS'] ?? '2000',
          SYNCMATE_SEED: process.env['SYNCMATE_SEED'] ?? '',
          TEST_MIGRATIONS: await readD1Migrations(path('./migrations')),
        },
      },
    })),
  ],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    // Only against hanging: how fast a test is on a busy machine says nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
