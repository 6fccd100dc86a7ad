#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createCipheriv, createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { profileDigest } from './sample-digest.mjs';

const USAGE = `Usage: make-dataset.mjs --out DIR [--size 1GiB] [--seed N]
       make-dataset.mjs --rescan DIR
       make-dataset.mjs --check-size SIZE

Makes a World-of-Code-like data set: what two source hosts hold, what the destination holds
already, the two profiles (woc.src.json, woc.dst.json) and expected.json, which says what the
destination must hold after the transfer. The same size and seed give the same bytes.

  --out DIR    folder to make; it must be empty or not exist
  --size SIZE  bytes of all source files, about: 1GiB (default), 64MiB, 1000000
  --seed N     seed of the content (default 1)
  --rescan DIR       write DIR/woc.now.json: the profile of the destination as it is now
  --check-size SIZE  print a size in bytes
`;

const STREAM_BYTES = 4 << 20;
const ZEROS = Buffer.alloc(STREAM_BYTES);
/** Modification time of what the destination holds already, well in the past. */
const OLD_MTIME = new Date('2024-01-02T03:04:05.678Z');

const UNITS = {
  '': 1,
  B: 1,
  KiB: 1 << 10,
  MiB: 1 << 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

export function parseSize(text) {
  const match = /^(\d+)(B|KiB|MiB|GiB|TiB)?$/.exec(text);
  if (!match)
    throw new Error(`--size: "${text}" (expected: a number, or one with KiB, MiB, GiB, TiB)`);
  return Number(match[1]) * UNITS[match[2] ?? ''];
}

/** Writes `size` bytes of the endless stream that `seed` and `name` stand for, and returns their SHA-256. */
function writeStream(path, seed, name, size) {
  const key = createHash('sha256').update(`${seed}\0${name}`).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  const sha256 = createHash('sha256');
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'wx');
  try {
    for (let rest = size; rest > 0; rest -= Math.min(rest, STREAM_BYTES)) {
      const bytes = cipher.update(ZEROS.subarray(0, Math.min(rest, STREAM_BYTES)));
      writeSync(fd, bytes);
      sha256.update(bytes);
    }
  } finally {
    closeSync(fd);
  }
  return sha256.digest('hex');
}

/**
 * The files, one a row: what it is, source host, name, source size, what the destination holds
 * (`old`: bytes; `oldName`: the stream they come from, by default the source's, so they are a prefix), on which volume.
 * Sizes with odd tails, so that slices, samples and blocks never end together.
 */
function rows(total) {
  const part = (share, odd) => Math.max(Math.floor(total * share), 8192) + odd;
  const big = part(0.5, 0);
  const prefix = (size, share) => Math.floor(size * share) + 7;
  const grown = part(0.06, 12_345);
  const tail = part(0.04, 4097);
  const blob = part(0.06, 31);
  const same = part(0.03, 101);
  const replaced = part(0.03, 5);
  return [
    { change: 'full', host: 'da2', name: 'commit_0.tch', size: big },
    {
      change: 'append',
      host: 'da1',
      name: 'commit_1.tch',
      size: grown,
      old: prefix(grown, 0.6),
    },
    {
      change: 'unchanged',
      host: 'da1',
      name: 'commit_2.tch',
      size: same,
      old: same,
    },
    {
      change: 'replaced',
      host: 'da2',
      name: 'commit_3.tch',
      size: replaced,
      old: prefix(replaced, 0.5),
      oldName: 'other commit_3',
    },
    {
      change: 'replaced',
      host: 'da1',
      name: 'tree_0.tch',
      size: replaced,
      old: replaced,
      oldName: 'other tree_0',
    },
    {
      change: 'replaced',
      host: 'da2',
      name: 'tree_1.tch',
      size: replaced,
      old: replaced - 1,
      oldName: 'other tree_1',
    },
    {
      change: 'append',
      host: 'da2',
      name: 'tree_2.tch',
      size: tail,
      old: tail - 3000,
    },
    {
      change: 'unchanged',
      host: 'da1',
      name: 'tree_3.tch',
      size: 5000,
      old: 5000,
    },
    { change: 'full', host: 'da1', name: 'tag_0.tch', size: 3000 },
    { change: 'full', host: 'da2', name: 'tag_1.tch', size: 0 },
    { change: 'full', host: 'da2', name: 'tag_2.tch', size: 4096 },
    { change: 'full', host: 'da1', name: 'tag_3.tch', size: 4097 },
    {
      change: 'append',
      host: 'da1',
      name: 'blob_0.bin',
      size: blob,
      old: prefix(blob, 0.5),
    },
    {
      change: 'append',
      host: 'da1',
      name: 'blob_0.idx',
      size: 9000,
      old: 3000,
    },
    { change: 'full', host: 'da2', name: 'blob_1.bin', size: blob },
    { change: 'full', host: 'da2', name: 'blob_1.idx', size: 867 },
    {
      change: 'unchanged',
      host: 'da1',
      name: 'blob_2.bin',
      size: same,
      old: same,
    },
    {
      change: 'unchanged',
      host: 'da1',
      name: 'blob_2.idx',
      size: 180,
      old: 180,
    },
    { change: 'full', host: 'da1', name: 'blob_3.bin', size: 700 },
    { change: 'full', host: 'da1', name: 'blob_3.idx', size: 70 },
    {
      change: 'append',
      host: 'da2',
      name: 'sha1.blob_0.tch',
      size: tail,
      old: 1,
    },
    {
      change: 'full',
      host: 'da2',
      name: 'sha1.blob_1.tch',
      size: part(0.005, 3),
    },
    // A newer version at the source: all of it is sent, the destination's older version stays as it is.
    {
      change: 'full',
      host: 'da1',
      name: 'c2pFullU.0.tch',
      size: part(0.02, 1),
    },
    {
      change: 'full',
      host: 'da2',
      name: 'c2pFullU.1.tch',
      size: part(0.02, 2),
    },
    {
      change: 'full',
      host: 'da1',
      name: `c2pFullU.1.tch.large.${'3f2eca18'.repeat(5)}`,
      size: 180,
    },
    { change: 'kept', name: 'c2pFullT.0.tch', old: 20_000 },
    { change: 'kept', name: 'c2pFullT.1.tch', old: 20_001 },
    {
      change: 'full',
      host: 'da1',
      name: 'a2cFullV2412.0.tch',
      size: part(0.01, 11),
    },
    { change: 'older', host: 'da1', name: 'a2cFullV2409.0.tch', size: 30_000 },
    { change: 'kept', name: 'a2cFullV2409.0.tch', old: 30_000 },
    // An older version at the source, AA being newer than R: nothing is sent.
    {
      change: 'older',
      host: 'da2',
      name: 'c2bFullR.0.tch',
      size: part(0.005, 9),
    },
    { change: 'kept', name: 'c2bFullAA.0.tch', old: 40_000 },
    // The same version: file by file.
    {
      change: 'unchanged',
      host: 'da1',
      name: 'c2datFullU.0.tch',
      size: part(0.01, 0),
      old: part(0.01, 0),
    },
    {
      change: 'replaced',
      host: 'da2',
      name: 'c2datFullU.1.tch',
      size: part(0.01, 1),
      old: part(0.008, 0),
    },
    {
      change: 'full',
      host: 'da1',
      name: 'c2datFullU.2.tch',
      size: part(0.01, 2),
    },
    {
      change: 'unchanged',
      host: 'da2',
      name: 'c2datFullU.3.tch',
      size: 4200,
      old: 4200,
    },
    // A map that the destination doesn't have.
    {
      change: 'full',
      host: 'da1',
      name: 'b2cFullR.0.tch',
      size: part(0.01, 7),
    },
    {
      change: 'full',
      host: 'da2',
      name: 'b2cFullR.1.tch',
      size: part(0.01, 8),
    },
  ];
}

/** Folder below a data root, as World of Code lays files out. */
export function subFolder(name) {
  if (/\.(idx|bin)$/.test(name)) return 'All.blobs';
  if (name.startsWith('sha1.')) return 'All.sha1o';
  return name.includes('Full') ? 'basemaps' : 'All.sha1c';
}

const MAP = /^(\w+)2(\w+)Full([A-Z]+\d*)\.(\d+)\.tch(?:\.large\.([0-9a-f]+))?$/;
const OBJECT = /^([\w.]+)_(\d+)\.(idx|bin|tch)$/;

/** A profile as python-woc's `woc.detect --with-digest` writes it. */
export function profile(files) {
  const maps = {};
  const objects = {};
  for (const { name, ...entry } of files) {
    const map = MAP.exec(name);
    if (map) {
      const [, from, to, version, , large] = map;
      const versions = (maps[`${from}2${to}`] ??= []);
      let held = versions.find((candidate) => candidate.version === version);
      if (!held)
        versions.push(
          (held = {
            version,
            sharding_bits: 0,
            shards: [],
            larges: {},
            dtypes: ['h', 'h'],
          }),
        );
      if (large) held.larges[large] = entry;
      else held.shards.push(entry);
      continue;
    }
    const object = OBJECT.exec(name);
    if (!object) throw new Error(`${name}: neither a map nor an object by its name`);
    const held = (objects[`${object[1]}.${object[3]}`] ??= {
      sharding_bits: 0,
      shards: [],
    });
    held.shards.push(entry);
  }
  for (const held of [...Object.values(maps).flat(), ...Object.values(objects)]) {
    held.sharding_bits = Math.ceil(Math.log2(Math.max(held.shards.length, 1)));
  }
  return { wocSchemaVersion: 2, maps, objects };
}

/** Makes the data set and returns what expected.json holds. */
export function makeDataset(out, total, seed) {
  const at = (...segments) => join(out, ...segments);
  mkdirSync(out, { recursive: true });
  if (readdirSync(out).length > 0)
    throw new Error(`--out: ${out} is not empty (expected: a new folder)`);
  const source = [];
  const held = [];
  const expected = [];
  for (const { change, host, name, size, old, oldName } of rows(total)) {
    const sub = subFolder(name);
    const sourceSha256 =
      host && writeStream(at('src', `${host}_data`, sub, name), seed, name, size);
    if (host) {
      const digest = profileDigest(at('src', `${host}_data`, sub, name), size);
      source.push({ name, path: `/${host}_data/${sub}/${name}`, size, digest });
    }
    // What is there already lies on the second volume where it is a map, else on the first; new files go to the first.
    const target = at(
      'dst',
      old !== undefined && sub === 'basemaps' ? 'da4_data' : 'da3_data',
      sub,
      name,
    );
    let before = {};
    let oldSha256;
    if (old !== undefined) {
      oldSha256 = writeStream(target, seed, oldName ?? name, old);
      utimesSync(target, OLD_MTIME, OLD_MTIME);
      held.push({
        name,
        path: target,
        size: old,
        digest: profileDigest(target, old),
      });
    }
    if (change === 'unchanged' || change === 'kept') {
      const stat = statSync(target, { bigint: true });
      before = { inode: String(stat.ino), mtime_ns: String(stat.mtimeNs) };
    }
    if (change === 'older') continue;
    const kept = change === 'kept';
    const moved = { full: size, replaced: size, append: size - old }[change] ?? 0;
    expected.push({
      path: target,
      size: kept ? old : size,
      sha256: kept ? oldSha256 : sourceSha256,
      change,
      moved_bytes: moved,
      ...before,
    });
  }
  mkdirSync(at('dst', 'da3_data'), { recursive: true });
  writeJson(at('woc.src.json'), profile(source));
  writeJson(at('woc.dst.json'), profile(held));
  writeJson(at('expected.json'), expected);
  return expected;
}

/** Every file below the data roots of the destination, as `woc.detect` would find them. */
export function rescan(dir) {
  const dst = join(dir, 'dst');
  const files = readdirSync(dst, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      name: entry.name,
      path: join(entry.parentPath, entry.name),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ ...file, size: statSync(file.path).size }))
    .map((file) => ({ ...file, digest: profileDigest(file.path, file.size) }));
  writeJson(join(dir, 'woc.now.json'), profile(files));
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 1)}\n`);
}

function main() {
  let options;
  try {
    options = parseArgs({
      options: {
        out: { type: 'string' },
        size: { type: 'string', default: '1GiB' },
        seed: { type: 'string', default: '1' },
        rescan: { type: 'string' },
        'check-size': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
    if (options.help) return process.stdout.write(USAGE);
    if (options['check-size']) return console.log(parseSize(options['check-size']));
    if (options.rescan) return rescan(resolve(options.rescan));
    if (!options.out) throw new Error('--out: missing (expected: the folder to make)');
    const out = resolve(options.out);
    const expected = makeDataset(out, parseSize(options.size), options.seed);
    const moved = expected.filter((file) => file.moved_bytes > 0 || file.change === 'full');
    const bytes = moved.reduce((sum, file) => sum + file.moved_bytes, 0);
    console.log(
      `${out}: ${expected.length} files expected at the destination; ${moved.length} to transfer, ${bytes} bytes`,
    );
  } catch (error) {
    process.stderr.write(`make-dataset: ${error.message}\n`);
    process.exitCode = error.code?.startsWith?.('E') && !error.code.startsWith('ERR_') ? 4 : 2;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
