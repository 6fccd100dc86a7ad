// SPDX-License-Identifier: Apache-2.0
import { applyD1Migrations, env } from 'cloudflare:test';

// Every test file has a database of its own (tests in one file share it), made by the migrations
// that a deployment runs.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
