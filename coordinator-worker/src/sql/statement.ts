// SPDX-License-Identifier: Apache-2.0
import { positional, type Positional } from './named';

/** By the names that statements call them. */
export type Values = Readonly<Record<string, string | number | null>>;

/** A statement of a transaction; one that is left out this time is looked at all the same, for its names. */
type Step = string | { readonly sql: string; readonly holds: boolean };

export const when = (holds: boolean, ...sql: readonly string[]): Step[] =>
  sql.map((each) => ({ sql: each, holds }));

/** There are only so many texts, and each is written once. */
const translated = new Map<string, Positional>();

function translate(sql: string): Positional {
  const known = translated.get(sql);
  if (known !== undefined) return known;
  const positions = positional(sql);
  translated.set(sql, positions);
  return positions;
}

/** Each name has a value, and each value a name, in one of the statements at least. */
function checkNames(sql: readonly string[], values: Values): void {
  const names = new Set(sql.flatMap((each) => translate(each).names));
  const missing = [...names].filter((name) => values[name] === undefined);
  const unknown = Object.keys(values).filter((name) => !names.has(name));
  if (missing.length + unknown.length === 0) return;
  const [without, beyond] = [missing, unknown].map((each) => each.join(', ') || '-');
  throw new Error(
    `names without a value: ${without}; values without a name: ${beyond}: ${sql.join('; ')}`,
  );
}

function bound(db: D1Database, sql: string, values: Values): D1PreparedStatement {
  const { text, names } = translate(sql);
  return db.prepare(text).bind(...names.map((name) => values[name]));
}

function statement(db: D1Database, sql: string, values: Values): D1PreparedStatement {
  checkNames([sql], values);
  return bound(db, sql, values);
}

/** Statements that share their values. */
export function statements(
  db: D1Database,
  steps: readonly Step[],
  values: Values,
): D1PreparedStatement[] {
  const all = steps.map((step) => (typeof step === 'string' ? { sql: step, holds: true } : step));
  checkNames(
    all.map(({ sql }) => sql),
    values,
  );
  return all.filter(({ holds }) => holds).map(({ sql }) => bound(db, sql, values));
}

/** Runs the statements as one transaction. */
export function batch<Row>(
  db: D1Database,
  steps: readonly Step[],
  values: Values,
): Promise<D1Result<Row>[]> {
  return db.batch<Row>(statements(db, steps, values));
}

/** Runs the statements as one transaction; returns the rows of the last one. */
export async function transaction<Row>(
  db: D1Database,
  steps: readonly Step[],
  values: Values,
): Promise<Row[]> {
  return (await batch<Row>(db, steps, values)).at(-1)?.results ?? [];
}

export async function rows<Row>(db: D1Database, sql: string, values: Values = {}): Promise<Row[]> {
  return (await statement(db, sql, values).all<Row>()).results;
}

/** Returns how many rows it changed. */
export async function run(db: D1Database, sql: string, values: Values): Promise<number> {
  return (await statement(db, sql, values).run()).meta.changes;
}

/** A bound text may have 2,000,000 bytes; a character takes up to 4 of them. */
const JSON_CHARS_MAX = 450_000;

/** JSON arrays of the items, each small enough for one bound value. */
export function jsonChunks(items: readonly unknown[]): string[] {
  const chunks: string[] = [];
  let chunk: string[] = [];
  let length = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    if (chunk.length > 0 && length + text.length > JSON_CHARS_MAX) {
      chunks.push(`[${chunk.join(',')}]`);
      chunk = [];
      length = 0;
    }
    chunk.push(text);
    length += text.length + 1;
  }
  if (chunk.length > 0) chunks.push(`[${chunk.join(',')}]`);
  return chunks;
}
