// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { expect, test } from 'vitest';
import schemaText from '../../docs/schema.md?raw';

interface Table {
  readonly columns: string[];
  readonly indexes: string[];
}

const codeSpans = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

/** What the first cells of a section's tables name. */
function named(section: string, head: 'column' | 'index'): string[] {
  const [, rows = ''] = section.split(`| ${head} | `);
  const [table = ''] = rows.split('\n\n');
  const cells = table.split('\n').map((row) => row.split(' | ')[0] ?? '');
  return cells.flatMap(codeSpans).sort();
}

function describedTables(): Record<string, Table> {
  const [, ...sections] = schemaText.split(/^## /m);
  return Object.fromEntries(
    sections.map((section): [string, Table] => [
      codeSpans(section)[0] ?? '',
      { columns: named(section, 'column'), indexes: named(section, 'index') },
    ]),
  );
}

/** Not what D1 and its tools keep for themselves. */
const OURS = `
SELECT name FROM sqlite_master
 WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'd1_*' AND name NOT GLOB 'sqlite_*'`;

async function tables(): Promise<Record<string, Table>> {
  const { results } = await env.DB.prepare(
    `SELECT t.name AS "table", c.name AS "column", NULL AS "index"
       FROM (${OURS}) t CROSS JOIN pragma_table_info(t.name) c
      UNION ALL
     SELECT i.tbl_name, NULL, i.name
       FROM (${OURS}) t JOIN sqlite_master i ON i.tbl_name = t.name AND i.type = 'index' AND i.sql IS NOT NULL`,
  ).all<{ table: string; column: string | null; index: string | null }>();
  const found: Record<string, Table> = {};
  for (const row of results) {
    const { columns, indexes } = (found[row.table] ??= { columns: [], indexes: [] });
    if (row.column !== null) columns.push(row.column);
    if (row.index !== null) indexes.push(row.index);
  }
  for (const { columns, indexes } of Object.values(found)) {
    columns.sort();
    indexes.sort();
  }
  return found;
}

test('docs/schema.md describes exactly the tables, columns and indexes of the migrations', async () => {
  const real = await tables();
  expect(Object.keys(real).length).toBeGreaterThan(10);
  expect(describedTables()).toEqual(real);
});
