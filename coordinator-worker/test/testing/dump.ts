// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';

const TABLES = [
  'jobs',
  'zones',
  'files',
  'tasks',
  'sessions',
  'takes',
  'garbage',
  'garbage_takes',
  'recounts',
  'recount_tallies',
  'tokens',
  'manifests',
];

/** With the rows about calls, of which a repeated one leaves another. */
export const EVERYTHING = [...TABLES, 'audit'];

/** What the database holds: two equal dumps mean that nothing changed in between. */
export async function dump(tables: readonly string[] = TABLES): Promise<string> {
  const results = await env.DB.batch(
    tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
  );
  return JSON.stringify(results.map(({ results: found }, i) => [tables[i], found]));
}

/** Everything but what recounts say of themselves. */
export const dumpRows = (): Promise<string> =>
  dump(TABLES.filter((table) => !table.startsWith('recount')));

/** Everything but heartbeats' traces. */
export const dumpWork = (): Promise<string> => dump(TABLES.filter((table) => table !== 'sessions'));

/** An empty coordinator: tests of one file share their database. */
export async function clear(): Promise<void> {
  await env.DB.batch(EVERYTHING.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

type Row = Record<string, string | number | null>;

/** Puts the database back to where it is now, as D1's time travel would. */
export async function bookmark(): Promise<() => Promise<void>> {
  const results = await env.DB.batch<Row>(
    EVERYTHING.map((table) => env.DB.prepare(`SELECT * FROM ${table}`)),
  );
  const inserts = results.flatMap(({ results: rows }, i) =>
    rows.map((row) => {
      const names = Object.keys(row);
      const places = names.map(() => '?').join(', ');
      return env.DB.prepare(
        `INSERT INTO ${EVERYTHING[i] ?? ''} (${names.join(', ')}) VALUES (${places})`,
      ).bind(...Object.values(row));
    }),
  );
  return async () => {
    await clear();
    await env.DB.batch(inserts);
  };
}
