// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const SAMPLE_BYTES = 128;

/** Files up to this size are read whole; python-woc writes their digest as `[size, hex]`. */
export const WHOLE_FILE_BYTES_MAX = 4096;

/** Number of bits of a non-negative integer below 2^53, as Python's `int.bit_length`. */
function bitLength(value) {
  let bits = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 2)) bits += 1;
  return bits;
}

/** The byte ranges `[offset, length]` that the sample digest of a file of this size covers. */
export function sampledRanges(size) {
  if (size <= WHOLE_FILE_BYTES_MAX) return [[0, size]];
  const chunk = 2 ** (bitLength(Math.floor(size / bitLength(size))) + 2);
  const ranges = [[0, SAMPLE_BYTES]];
  const last = Math.floor((size - 2 * SAMPLE_BYTES) / chunk);
  for (let i = 1; i <= last; i += 1) ranges.push([i * chunk, SAMPLE_BYTES]);
  ranges.push([size - SAMPLE_BYTES, SAMPLE_BYTES]);
  return ranges;
}

/**
 * World of Code's sample digest of a file: 16 hex digits. Written apart from the agent's Java code
 * on purpose, so that the demo and the tests compare two implementations.
 */
export function sampleDigest(path) {
  const fd = openSync(path, 'r');
  try {
    const hash = createHash('md5');
    for (const [offset, length] of sampledRanges(fstatSync(fd).size)) {
      const buffer = Buffer.alloc(length);
      if (readSync(fd, buffer, 0, length, offset) !== length) {
        throw new Error(
          `${path}: shorter than ${offset + length} bytes; it changed while being read`,
        );
      }
      hash.update(buffer);
    }
    return hash.digest('hex').slice(0, 16);
  } finally {
    closeSync(fd);
  }
}

/** The digest as it stands in a profile: an array for small files, else a string. */
export function profileDigest(path, size) {
  const digest = sampleDigest(path);
  return size <= WHOLE_FILE_BYTES_MAX ? [size, digest] : digest;
}
