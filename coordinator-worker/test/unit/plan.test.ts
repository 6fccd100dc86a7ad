// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { longestSlicePath, parseTaskId, slicePath, taskId } from '../../src/domain/names';
import { cutAppend, cutFull, differences, planRow, slicesOf } from '../../src/domain/plan';
import { planned } from '../testing/planned';

describe('slices', () => {
  test.each([
    [0, 100, 1],
    [1, 100, 1],
    [100, 100, 1],
    [101, 100, 2],
    [9_007_199_254_740_991, 5_363_466_240, 1_679_362],
  ])('%d bytes in slices of %d are %d', (bytes, slice, count) => {
    expect(slicesOf(bytes, slice)).toBe(count);
  });

  test('of an append begin at the old size', () => {
    expect(cutAppend('a.offset.30', { sizeBytes: 100, targetSizeBytes: 30 }, 50)).toEqual({
      virtualPath: 'a.offset.30',
      offsetBytes: 30,
      transferBytes: 70,
      slicesTotal: 2,
    });
    expect(cutFull('a', 0, 50)).toMatchObject({ transferBytes: 0, slicesTotal: 1 });
  });

  test('have names of their own where there are several', () => {
    expect(slicePath('a', 1, 0)).toBe('a');
    expect(slicePath('a', 2, 1)).toBe('a.slice.00001');
    expect(longestSlicePath('a', 100_000)).toBe('a.slice.99999');
    expect(parseTaskId(taskId({ fileId: 12, sliceNo: 345 }))).toEqual({ fileId: 12, sliceNo: 345 });
  });
});

test('counts a name in bytes, with the suffixes that it will get', () => {
  const name = (chars: string) => planRow(planned(chars, { size_bytes: 1 }), 100);
  expect(name('n'.repeat(255))).not.toHaveProperty('reason');
  expect(name('é'.repeat(128))).toHaveProperty('reason', 'file_invalid');
  const grown = planned('n'.repeat(235), {
    mode: 'unresolved',
    size_bytes: 200,
    target_size_bytes: 100,
  });
  expect(planRow(grown, 200)).not.toHaveProperty('reason');
  expect(planRow(grown, 100)).toHaveProperty('reason', 'file_invalid');
});

test('two plans of a file differ in every field that changes what is moved', () => {
  const file = planned('a');
  expect(differences(file, { ...file })).toEqual([]);
  expect(differences(file, { ...file, zone: '/z', target_path: '/t' })).toEqual([
    'target_path',
    'zone',
  ]);
});
