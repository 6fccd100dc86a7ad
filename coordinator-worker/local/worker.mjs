// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { parse } from 'smol-toml';

const WRANGLER_TOML = fileURLToPath(new URL('../../wrangler.toml', import.meta.url));

/**
 * @typedef {{ namespace_id: string, simple: { limit: number, period: number } }} RateLimit
 *
 * What wrangler.toml says, so that the local stack runs what a deployment would.
 *
 * @typedef {object} Deployment
 * @property {string} main
 * @property {string} compatibilityDate
 * @property {string} migrations
 * @property {Record<string, string>} variables
 * @property {Record<string, RateLimit>} rateLimits
 */

/** @typedef {Awaited<ReturnType<import('miniflare-s3').Miniflare['getD1Database']>>} Database */

/** @returns {Deployment} */
export function deployment() {
  const toml = /** @type {any} */ (parse(readFileSync(WRANGLER_TOML, 'utf8')));
  const root = dirname(WRANGLER_TOML);
  return {
    main: join(root, toml.main),
    compatibilityDate: toml.compatibility_date,
    migrations: join(root, toml.d1_databases[0].migrations_dir),
    variables: toml.vars,
    rateLimits: Object.fromEntries(
      toml.ratelimits.map((/** @type {any} */ { name, ...limit }) => [name, limit]),
    ),
  };
}

/**
 * The Worker as one module.
 *
 * @param {string} main
 */
export async function bundle(main) {
  try {
    const { outputFiles } = await build({
      entryPoints: [main],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2022',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['cloudflare:*', 'node:*'],
      loader: { '.sql': 'text' },
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (error) {
    const first = /** @type {import('esbuild').BuildFailure} */ (error).errors?.[0];
    const place = first?.location ? ` at ${first.location.file}:${first.location.line}` : '';
    throw new Error(`${main}: can't be bundled: ${first?.text ?? error}${place}`, { cause: error });
  } finally {
    await stop();
  }
}

/**
 * Applies the migrations that the database doesn't have yet, each in one transaction, in the table
 * that `wrangler d1 migrations` keeps.
 *
 * @param {Database} database
 * @param {string} folder
 */
export async function migrate(database, folder) {
  await database
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations(
         id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
         applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all();
  const applied = new Set(results.map((/** @type {any} */ row) => row.name));
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  for (const file of files.sort().filter((each) => !applied.has(each))) {
    await migrateOne(database, folder, file);
  }
}

/**
 * @param {Database} database
 * @param {string} folder
 * @param {string} file
 */
async function migrateOne(database, folder, file) {
  try {
    await database.batch([
      database.prepare(readFileSync(join(folder, file), 'utf8')),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?1)').bind(file),
    ]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${file}: ${message}`, { cause: error });
  }
}
