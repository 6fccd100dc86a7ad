#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import * as coordinator from './bench-coordinator.mjs';
import * as plan from './bench-plan.mjs';
import * as offsetfs from './bench-offsetfs.mjs';

/** Each has `about`, one line, and `run(options)`, which answers with rows and figures. */
const BENCHMARKS = { coordinator, offsetfs, plan };

const help = () => `Usage: scripts/bench NAME [options]

Runs a benchmark on this machine, with no Cloudflare account, and prints a table. How to read it:
docs/benchmarks.md.

Benchmarks:
${Object.entries(BENCHMARKS)
  .map(([name, { about }]) => `  ${name.padEnd(14)}${about}`)
  .join('\n')}

Options:
  --quick      about a minute
  --full       the largest sizes too; takes long
  --json FILE  also write the figures: [{"name": …, "value": …, "unit": …}, …]
  --help       print this

Exit status: 0 done, 1 the benchmark failed, 2 wrong usage.
`;

/** A mistake of the caller. */
class UsageError extends Error {}

/** @returns options, or null when help was asked for */
export function parseOptions(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error.message.split('. To specify')[0]}; see --help`);
  }
  const { values, positionals } = parsed;
  if (values.help) return null;
  const [name] = positionals;
  if (positionals.length !== 1 || !Object.hasOwn(BENCHMARKS, name)) {
    throw new UsageError(
      `benchmark: ${positionals.join(' ') || 'none'} (expected: one of ${Object.keys(BENCHMARKS).join(', ')}; see --help)`,
    );
  }
  if (values.quick && values.full) throw new UsageError('--quick and --full: give one of them');
  return { name, quick: values.quick, full: values.full, json: values.json };
}

/** Rows as text, columns as wide as they must be; numbers to the right. */
export function table(rows) {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => shown(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padStart(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown(value) {
  if (typeof value !== 'number') return String(value);
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

async function main(args) {
  let options;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(help());
    return 0;
  }
  const { rows, figures } = await BENCHMARKS[options.name].run(options);
  console.log(`${options.name} on ${availableParallelism()} cores, Node ${process.version}\n`);
  console.log(table(rows));
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  }
  return 0;
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    console.error(`error: ${error.message}`);
    return 1;
  });
}
