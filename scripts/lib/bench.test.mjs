// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { percentile } from './bench-coordinator.mjs';
import { parseOptions, table } from './bench.mjs';

const BENCH = fileURLToPath(new URL('../bench', import.meta.url));

test('a percentile is a value that was measured', () => {
  const values = [5, 1, 4, 2, 3];
  assert.equal(percentile(values, 0.5), 3);
  assert.equal(percentile(values, 0.99), 5);
  assert.equal(percentile([7], 0.5), 7);
  assert.deepEqual(values, [5, 1, 4, 2, 3]);
});

test('a table has its numbers to the right', () => {
  const rows = [
    { agents: 1, 'tasks/s': 1234.5 },
    { agents: 64, 'tasks/s': 0.12345 },
  ];
  assert.equal(table(rows), 'agents  tasks/s\n     1     1235\n    64    0.123');
});

test('options are read, wrong ones refused', () => {
  assert.deepEqual(parseOptions(['coordinator', '--quick', '--json', 'f']), {
    name: 'coordinator',
    quick: true,
    full: false,
    json: 'f',
  });
  assert.equal(parseOptions(['--help']), null);
  assert.throws(() => parseOptions([]), /benchmark: none \(expected: one of coordinator/);
  assert.throws(() => parseOptions(['nothing']), /benchmark: nothing/);
  assert.throws(() => parseOptions(['toString']), /benchmark: toString/);
  assert.throws(() => parseOptions(['coordinator', '--quick', '--full']), /give one of them/);
  assert.throws(() => parseOptions(['coordinator', '--fast']), /fast.*see --help/);
});

test('scripts/bench --help lists the benchmarks', () => {
  const { status, stdout } = spawnSync(BENCH, ['--help'], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}coordinator +\w/m);
});

test('scripts/bench without a name ends with 2', () => {
  const { status, stderr } = spawnSync(BENCH, [], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /^error: benchmark: none/);
});
