// SPDX-License-Identifier: Apache-2.0
type Value = string | number | null;

/**
 * Binds `values` to ?1, ?2, ... as far as the statement names them, so that statements of one
 * transaction can share one list.
 */
export function statement(
  db: D1Database,
  sql: string,
  values: readonly Value[],
): D1PreparedStatement {
  const highest = Math.max(0, ...[...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1])));
  if (highest > values.length) throw new Error(`statement needs ${highest} values: ${sql}`);
  return db.prepare(sql).bind(...values.slice(0, highest));
}

/** Runs the statements as one transaction; returns the rows of the last one. */
export async function transaction<Row>(
  db: D1Database,
  statements: readonly D1PreparedStatement[],
): Promise<Row[]> {
  const results = await db.batch<Row>([...statements]);
  return results.at(-1)?.results ?? [];
}

export async function rows<Row>(statement: D1PreparedStatement): Promise<Row[]> {
  return (await statement.all<Row>()).results;
}

/** A bound text may have 2,000,000 bytes; a character takes up to 4 of them. */
const JSON_CHARS_MAX = 450_000;

/** JSON arrays of the items, each small enough for one bound parameter. */
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
