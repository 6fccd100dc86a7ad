// SPDX-License-Identifier: Apache-2.0
import { env } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { positional } from '../../src/sql/named';
import { batch, rows, run, transaction, when } from '../../src/sql/statement';

describe('the values of a statement', () => {
  test('are bound by number in the order in which their names come first, each once', () => {
    expect(positional('SELECT :b, :a_1, :b WHERE x = :c OR y=:a_1')).toEqual({
      text: 'SELECT ?1, ?2, ?1 WHERE x = ?3 OR y=?2',
      names: ['b', 'a_1', 'c'],
    });
    expect(positional('SELECT 1')).toEqual({ text: 'SELECT 1', names: [] });
  });

  test.each([
    ["SELECT ':a', 'it''s :b'"],
    [`SELECT ":a", "x "" :b"`],
    ['SELECT 1 -- :a, ?1 and it\'s "fine'],
    ["SELECT /* :a ?2\n' */ 1"],
    ['SELECT x::text'],
    ["SELECT value ->> '$.a:b', '?' || '?3'"],
  ])('are not what looks like a name in %s', (sql) => {
    expect(positional(sql)).toEqual({ text: sql, names: [] });
  });

  test('are found right behind what only looks like one', () => {
    expect(positional("SELECT ':a' || :b, x::y, :c -- :d\n, :e")).toEqual({
      text: "SELECT ':a' || ?1, x::y, ?2 -- :d\n, ?3",
      names: ['b', 'c', 'e'],
    });
  });

  test.each(['SELECT ?1', 'SELECT ?'])('have names: %s is refused', (sql) => {
    expect(() => positional(sql)).toThrow('a value without a name');
  });
});

describe('statements', () => {
  const { DB } = env;

  test('get their values by name, whatever else stands in them', async () => {
    const sql = "SELECT :a AS a, :b AS b, :a || ':b' AS c, '?1' AS d";
    expect(await rows(DB, sql, { a: 'x', b: null })).toEqual([
      { a: 'x', b: null, c: 'x:b', d: '?1' },
    ]);
    expect(await rows(DB, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('share their values, of which each has a name in one of them', async () => {
    const steps = ['SELECT :a AS x', 'SELECT :b AS x, :a AS y'];
    expect(await transaction(DB, steps, { a: 1, b: 2 })).toEqual([{ x: 2, y: 1 }]);
    const results = await batch(DB, steps, { a: 1, b: 2 });
    expect(results.map(({ results: found }) => found)).toEqual([[{ x: 1 }], [{ x: 2, y: 1 }]]);
  });

  test('are refused at once where a name has no value, or a value no name', async () => {
    const change = "INSERT INTO zones (job_no, zone, sample_path) VALUES (:job, ':zone', '')";
    await expect(run(DB, change, {})).rejects.toThrow(
      'names without a value: job; values without a name: -',
    );
    await expect(run(DB, change, { job: 1, zone: 'z' })).rejects.toThrow(
      'names without a value: -; values without a name: zone',
    );
    await expect(transaction(DB, [change, 'SELECT :x'], { job: 1, y: 2 })).rejects.toThrow(
      'names without a value: x; values without a name: y',
    );
    expect(await rows(DB, 'SELECT * FROM zones')).toEqual([]);
  });

  test('that are left out are asked for their names all the same', async () => {
    const steps = (holds: boolean) => ['SELECT :a AS x', ...when(holds, 'SELECT :b AS x')];
    expect(await transaction(DB, steps(true), { a: 1, b: 2 })).toEqual([{ x: 2 }]);
    expect(await transaction(DB, steps(false), { a: 1, b: 2 })).toEqual([{ x: 1 }]);
    await expect(transaction(DB, steps(false), { a: 1 })).rejects.toThrow('without a value: b');
  });
});
