// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';

import { makeDataset, parseSize, profile } from './make-dataset.mjs';
import { profileDigest, sampleDigest, sampledRanges } from './sample-digest.mjs';
import { verifyDataset } from './verify-dataset.mjs';

const folder = mkdtempSync(join(tmpdir(), 'syncmate-dataset-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The data set with every transfer done by copying: what a right run leaves behind. */
function transferred(name) {
  const out = join(folder, name);
  for (const file of makeDataset(out, 1 << 20, '1')) {
    if (file.change === 'unchanged' || file.change === 'kept') continue;
    const sub = basename(dirname(file.path));
    const from = ['da1', 'da2']
      .map((host) => join(out, 'src', `${host}_data`, sub, basename(file.path)))
      .find((path) => statSync(path, { throwIfNoEntry: false }));
    mkdirSync(dirname(file.path), { recursive: true });
    copyFileSync(from, file.path);
  }
  return out;
}

test('the sample digest is the one that python-woc computes', () => {
  // Computed by a Python transcription of python-woc's rule, which agrees with python-woc's own test files.
  const known = {
    0: 'd41d8cd98f00b204',
    1: '93b885adfe0da089',
    4096: 'b765d6a6cb42156c',
    4097: 'eb6c1f8b086d5e1b',
    1000003: '9e6f38def9adbcee',
    5000000: 'd5b7458dedad28fc',
  };
  for (const [size, digest] of Object.entries(known)) {
    const path = join(folder, `sample-${size}`);
    writeFileSync(
      path,
      Uint8Array.from({ length: Number(size) }, (_, i) => (i * 31 + (i >> 8) * 7) & 255),
    );
    assert.equal(sampleDigest(path), digest, `${size} bytes`);
  }
});

test('the sample digest of a 300 GB file reads about a kilobyte', () => {
  const read = sampledRanges(300_000_000_000).reduce((sum, [, length]) => sum + length, 0);
  assert.ok(read > 1000 && read < 4096, `${read} bytes`);
});

test("a small file's digest in a profile is an array, as python-woc writes it", () => {
  const path = join(folder, 'small');
  writeFileSync(path, 'x'.repeat(4096));
  assert.deepEqual(profileDigest(path, 4096)[0], 4096);
  writeFileSync(path, 'x'.repeat(4097));
  assert.equal(typeof profileDigest(path, 4097), 'string');
});

test('the same seed and size give the same data set, another seed another', () => {
  const sums = (name, seed) =>
    makeDataset(join(folder, name), 1 << 20, seed).map((file) => file.sha256);
  const first = sums('first', '7');
  assert.deepEqual(sums('second', '7'), first);
  assert.notDeepEqual(sums('third', '8'), first);
});

test('the data set holds every kind of change and reaches the size asked for', () => {
  const out = join(folder, 'kinds');
  const expected = makeDataset(out, 1 << 26, '1');
  assert.deepEqual([...new Set(expected.map((file) => file.change))].sort(), [
    'append',
    'full',
    'kept',
    'replaced',
    'unchanged',
  ]);
  const source = JSON.parse(readFileSync(join(out, 'woc.src.json'), 'utf8'));
  const shards = [...Object.values(source.maps).flat(), ...Object.values(source.objects)].flatMap(
    (held) => held.shards,
  );
  const bytes = shards.reduce((sum, shard) => sum + shard.size, 0);
  assert.ok(bytes > 0.95 * 2 ** 26 && bytes < 1.05 * 2 ** 26, `${bytes} bytes`);
});

test('a profile keeps versions of a map apart and larges by their hash', () => {
  const made = profile([
    { name: 'a2cFullV2409.0.tch', path: '/x/a2cFullV2409.0.tch', size: 1, digest: null },
    { name: 'a2cFullV2412.0.tch', path: '/x/a2cFullV2412.0.tch', size: 1, digest: null },
    {
      name: 'a2cFullV2412.0.tch.large.abc0',
      path: '/x/a2cFullV2412.0.tch.large.abc0',
      size: 1,
      digest: null,
    },
    { name: 'sha1.blob_3.tch', path: '/x/sha1.blob_3.tch', size: 1, digest: null },
  ]);
  assert.deepEqual(
    made.maps.a2c.map((map) => map.version),
    ['V2409', 'V2412'],
  );
  assert.deepEqual(Object.keys(made.maps.a2c[1].larges), ['abc0']);
  assert.deepEqual(Object.keys(made.objects), ['sha1.blob.tch']);
});

test('a right destination verifies without a difference', () => {
  assert.deepEqual(verifyDataset(transferred('right')).differences, []);
});

test('every kind of wrong destination is found', () => {
  const out = transferred('wrong');
  const expected = JSON.parse(readFileSync(join(out, 'expected.json'), 'utf8'));
  const [flipped, missing, longer] = expected.filter(
    (file) => file.change === 'full' && file.size > 8000,
  );
  const touched = expected.find((file) => file.change === 'unchanged');
  const rewritten = expected.find((file) => file.change === 'kept');
  const bytes = readFileSync(flipped.path);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(flipped.path, bytes);
  rmSync(missing.path);
  appendFileSync(longer.path, 'x');
  utimesSync(touched.path, new Date(), new Date());
  copyFileSync(rewritten.path, `${rewritten.path}.copy`);
  mkdirSync(join(dirname(flipped.path), '.syncmate-staging'));
  mkdirSync(join(dirname(rewritten.path), '.syncmate-staging'));
  writeFileSync(join(dirname(rewritten.path), '.syncmate-staging', 'domain'), 'ab'.repeat(16));
  const found = verifyDataset(out).differences.join('\n');
  for (const [path, what] of [
    [flipped.path, 'sha256'],
    [missing.path, 'missing'],
    [longer.path, `${longer.size + 1} bytes`],
    [touched.path, 'mtime'],
    [`${rewritten.path}.copy`, 'not expected'],
    [join(dirname(flipped.path), '.syncmate-staging/'), 'not expected'],
  ]) {
    assert.ok(found.includes(`${path}: ${what}`), `${path}: ${what} is not in\n${found}`);
  }
  assert.doesNotMatch(found, /domain/);
});

test('a size is a number with an optional unit', () => {
  assert.equal(parseSize('1GiB'), 2 ** 30);
  assert.equal(parseSize('5000'), 5000);
  assert.throws(() => parseSize('1GB'), /--size: "1GB"/);
});
