#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const USAGE = `Usage: verify-dataset.mjs DIR

Checks the destination of a data set of make-dataset.mjs against its expected.json: size and
SHA-256 of every file, inode and modification time of every file that was not to be touched, and
that nothing else is there (a staging folder or file that was left over counts).
Prints a table; exit status 1 if anything differs, each difference on a line of its own.
`;

const BLOCK_BYTES = 1 << 20;

function sha256Of(path) {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  const fd = openSync(path, 'r');
  try {
    for (let n = readSync(fd, buffer); n > 0; n = readSync(fd, buffer))
      hash.update(buffer.subarray(0, n));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

/** The id of a folder that is received into stays in it. */
const MARK = join('.syncmate-staging', 'domain');

/** Every file below `folder`, and every folder that holds nothing. */
function leaves(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.length === 0) return [`${folder}/`];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path.endsWith(MARK)) return [];
    return entry.isDirectory() ? leaves(path) : [path];
  });
}

/** What is wrong with one expected file; null if nothing. */
function difference(expected) {
  const stat = statSync(expected.path, { bigint: true, throwIfNoEntry: false });
  if (!stat) return 'missing';
  if (stat.size !== BigInt(expected.size)) return `${stat.size} bytes (expected: ${expected.size})`;
  if (expected.inode && String(stat.ino) !== expected.inode)
    return `inode ${stat.ino} (expected, untouched: ${expected.inode})`;
  if (expected.mtime_ns && String(stat.mtimeNs) !== expected.mtime_ns) {
    return `mtime ${stat.mtimeNs} ns (expected, untouched: ${expected.mtime_ns})`;
  }
  const sha256 = sha256Of(expected.path);
  return sha256 === expected.sha256 ? null : `sha256 ${sha256} (expected: ${expected.sha256})`;
}

/** Compares; returns counts by kind of change and the differences as lines. */
export function verifyDataset(dir) {
  const expected = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8'));
  const kinds = {};
  const differences = [];
  for (const file of expected) {
    const kind = (kinds[file.change] ??= { files: 0, bytes: 0, wrong: 0 });
    kind.files += 1;
    kind.bytes += file.size;
    const wrong = difference(file);
    if (wrong) {
      kind.wrong += 1;
      differences.push(`${file.path}: ${wrong}`);
    }
  }
  const known = new Set(expected.map((file) => file.path));
  for (const path of leaves(join(dir, 'dst'))) {
    // A data root without files is part of the set-up; any other empty folder was left by someone.
    const isRoot = /\/dst\/[^/]+\/$/.test(path);
    if (!known.has(path) && !isRoot) differences.push(`${path}: not expected`);
  }
  return { kinds, differences };
}

function table(kinds) {
  const line = (kind, files, bytes, result) =>
    `${kind.padEnd(10)} ${String(files).padStart(5)} ${String(bytes).padStart(14)}  ${result}`;
  const rows = Object.entries(kinds).map(([kind, { files, bytes, wrong }]) =>
    line(kind, files, bytes, wrong === 0 ? 'right' : `${wrong} WRONG`),
  );
  return [line('Change', 'Files', 'Bytes', 'Verified'), ...rows].join('\n');
}

function main() {
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) return process.stdout.write(USAGE);
    if (positionals.length !== 1)
      throw new Error("expected: one argument, the data set's folder (see --help)");
    const { kinds, differences } = verifyDataset(resolve(positionals[0]));
    console.log(table(kinds));
    for (const line of differences) console.log(`DIFFERS ${line}`);
    const files = Object.values(kinds).reduce((sum, kind) => sum + kind.files, 0);
    console.log(
      differences.length === 0
        ? `All ${files} files are right, byte for byte.`
        : `${differences.length} differences.`,
    );
    process.exitCode = differences.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`verify-dataset: ${error.message}\n`);
    process.exitCode = 2;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
