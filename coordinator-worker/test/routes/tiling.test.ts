// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Lease } from '../../src/generated/messages';
import { planned, World } from '../testing/world';

const DIGEST = '0123456789abcdef';

/** Sizes around the slice's, where a cut goes wrong if it does anywhere. */
const transfers = fc.record({
  slice: fc.integer({ min: 1, max: 5000 }),
  slices: fc.integer({ min: 0, max: 40 }),
  odd: fc.integer({ min: -3, max: 3 }),
  oldSlices: fc.option(fc.double({ min: 0, max: 90, noNaN: true }), { nil: null }),
  atOnce: fc.integer({ min: 1, max: 13 }),
});

async function allSlices(world: World, maxTasks: number): Promise<Lease[]> {
  const sender = await world.agent('send');
  const taken: Lease[] = [];
  for (;;) {
    const leases = await sender.send({ max_tasks: maxTasks });
    if (leases.length === 0) return taken;
    taken.push(...leases);
    await sender.complete(leases);
  }
}

test('slices tile each transfer, whatever its size and however they are taken', async () => {
  await fc.assert(
    fc.asyncProperty(transfers, async ({ slice, slices, odd, oldSlices, atOnce }) => {
      const world = new World();
      const old = oldSlices === null ? null : 1 + Math.floor(oldSlices * slice);
      const moved = Math.max(slices * slice + odd, old === null ? 0 : 1);
      const begin = old ?? 0;
      const file = planned(
        'tiled.bin',
        old === null
          ? { size_bytes: moved }
          : {
              mode: 'append',
              size_bytes: old + moved,
              target_size_bytes: old,
              target_digest: DIGEST,
              target_path: '/dst/tiled.bin',
            },
      );
      await world.submit({ sliceSizeBytes: slice, windowBytes: 10_000_000 }, [file]);
      const taken = await allSlices(world, atOnce);
      taken.sort((a, b) => a.offset_bytes - b.offset_bytes);
      let next = begin;
      for (const lease of taken) {
        expect(lease.offset_bytes).toBe(next);
        expect(lease.length_bytes).toBeLessThanOrEqual(slice);
        next += lease.length_bytes;
      }
      expect(next).toBe(begin + moved);
      expect(taken).toHaveLength(Math.max(1, Math.ceil(moved / slice)));
    }),
    { numRuns: 60 },
  );
});
