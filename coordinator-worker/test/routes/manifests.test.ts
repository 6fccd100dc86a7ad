// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { clear, dump } from '../testing/dump';
import { driftOfTotals } from '../testing/recount';
import { newJobId, outcomes, planned, sha256Of, World, type Agent } from '../testing/world';
import type { Lease, PlannedFile } from '../../src/generated/messages';

beforeEach(clear);

/** Sends and places all files that there are; the digests of what was sent, in order. */
async function deliver(sender: Agent, receiver: Agent, targetPath?: string) {
  const sent: Lease[] = [];
  for (let taken = await sender.send(); taken.length > 0; taken = await sender.send()) {
    await sender.complete(taken);
    await receiver.complete(await receiver.recv());
    sent.push(...taken);
  }
  await receiver.placed(await receiver.takePlacing(), 'placed', null, targetPath);
  return sent.sort((a, b) => a.offset_bytes - b.offset_bytes).map(sha256Of);
}

async function pair(world: World, options = {}): Promise<[Agent, Agent]> {
  return [await world.agent('send', options), await world.agent('recv', options)];
}

const tail = (options: Partial<PlannedFile> = {}): PlannedFile =>
  planned('a.bin.offset.250', {
    mode: 'append',
    size_bytes: 430,
    target_size_bytes: 250,
    target_path: '/copy/a.bin',
    ...options,
  });

test('keeps the digest of every slice of a placed file, by where it lies', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { target_path: '/copy/a.bin' })]);
  const [sender, receiver] = await pair(world);
  const digests = await deliver(sender, receiver);
  expect(await world.manifests()).toEqual([
    {
      target_path: '/copy/a.bin',
      source_path: '/da5_data/a.bin',
      offset_bytes: 0,
      end_bytes: 250,
      slice_size_bytes: 100,
      sha256s: digests,
    },
  ]);
  expect(digests).toHaveLength(3);
});

test('takes the path of a new file from the receiver, and keeps nothing where it says none', async () => {
  const world = new World();
  await world.submit({}, [planned('new.bin')]);
  const [sender, receiver] = await pair(world);
  await deliver(sender, receiver, '/copy/basemaps/new.bin');
  await world.submit({}, [planned('old-agent.bin')]);
  await deliver(sender, receiver);
  const paths = (await world.manifests()).map(({ target_path }) => target_path);
  expect(paths).toEqual(['/copy/basemaps/new.bin']);
});

test('adds the digests of a tail, also when its report comes twice', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { target_path: '/copy/a.bin' })]);
  const [sender, receiver] = await pair(world);
  const first = await deliver(sender, receiver);
  await world.submit({ sliceSizeBytes: 64 }, [tail()]);
  const sent = await sender.send();
  await sender.complete(sent);
  await receiver.complete(await receiver.recv());
  const placing = await receiver.takePlacing();
  await receiver.placed(placing);
  const once = await dump();
  expect(outcomes(await receiver.placed(placing))).toEqual(['ok']);
  expect(await dump()).toBe(once);
  expect(await world.manifests()).toMatchObject([
    { offset_bytes: 0, end_bytes: 250, slice_size_bytes: 100, sha256s: first },
    { offset_bytes: 250, end_bytes: 430, slice_size_bytes: 64, sha256s: sent.map(sha256Of) },
  ]);
});

test('replaces them all for a whole new file, and what a tail is written over', async () => {
  const world = new World();
  const whole = planned('a.bin', { target_path: '/copy/a.bin' });
  await world.submit({}, [whole]);
  const [sender, receiver] = await pair(world);
  await deliver(sender, receiver);
  await world.submit({}, [tail()]);
  await deliver(sender, receiver);
  await world.submit({}, [tail({ virtual_path: 'a.bin.offset.300', target_size_bytes: 300 })]);
  const later = await deliver(sender, receiver);
  expect(await world.manifests()).toMatchObject([
    { offset_bytes: 0, end_bytes: 250 },
    { offset_bytes: 300, end_bytes: 430, sha256s: later },
  ]);
  await world.submit({}, [planned('a.bin', { ...whole, size_bytes: 0 })]);
  const empty = await deliver(sender, receiver);
  expect(await world.manifests()).toMatchObject([
    { offset_bytes: 0, end_bytes: 0, sha256s: empty },
  ]);
});

test('keeps nothing of a tail without bytes, and what was there stays', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { target_path: '/copy/a.bin' })]);
  const [sender, receiver] = await pair(world);
  await deliver(sender, receiver);
  const before = await world.manifests();
  await world.submit({}, [tail({ size_bytes: 250 })]);
  await deliver(sender, receiver);
  expect(await world.manifests()).toEqual(before);
});

test('keeps nothing of a file that was not placed', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { target_path: '/copy/a.bin' })]);
  const [sender, receiver] = await pair(world);
  await sender.complete(await sender.send());
  await receiver.complete(await receiver.recv());
  await receiver.placed(await receiver.takePlacing(), 'failed');
  expect(await world.manifests()).toEqual([]);
});

test('keeps those of each destination apart', async () => {
  const world = new World();
  for (const destination of ['x', 'y']) {
    await world.submit({ destination }, [planned('a.bin', { target_path: '/copy/a.bin' })]);
    const [sender, receiver] = await pair(world, { destination });
    await deliver(sender, receiver);
  }
  expect(await world.manifests('x')).toHaveLength(1);
  expect(await world.manifests('y')).toHaveLength(1);
  expect(await world.manifests('z')).toEqual([]);
});

test('cuts a long manifest into rows of 1,000 slices, and answers page by page', async () => {
  const world = new World();
  const files = Array.from({ length: 101 }, (_, i) =>
    planned(`f${i}.bin`, { size_bytes: 1, target_path: `/copy/f${i}.bin` }),
  );
  await world.submit({ sliceSizeBytes: 1 }, [
    planned('long.bin', { size_bytes: 2_500, target_path: '/copy/a:long.bin' }),
    ...files,
  ]);
  const [sender, receiver] = await pair(world);
  for (let sent = await sender.send(); sent.length > 0; sent = await sender.send()) {
    await sender.complete(sent);
    await receiver.complete(await receiver.recv());
  }
  for (let ready = await receiver.takePlacing(); ready.length > 0;) {
    await receiver.placed(ready);
    ready = await receiver.takePlacing();
  }
  const parts = await world.manifests();
  expect(parts).toHaveLength(104);
  expect(parts.slice(0, 3).map(({ target_path, ...part }) => [target_path, part])).toMatchObject([
    ['/copy/a:long.bin', { offset_bytes: 0, end_bytes: 1_000 }],
    ['/copy/a:long.bin', { offset_bytes: 1_000, end_bytes: 2_000 }],
    ['/copy/a:long.bin', { offset_bytes: 2_000, end_bytes: 2_500 }],
  ]);
  expect(parts.slice(0, 3).map(({ sha256s }) => sha256s.length)).toEqual([1_000, 1_000, 500]);
  expect(new Set(parts.slice(0, 3).flatMap(({ sha256s }) => sha256s)).size).toBe(2_500);
}, 60_000);

const FOUND = 'f0'.repeat(32);

const repair = (options: Partial<PlannedFile> = {}): PlannedFile =>
  planned('repair.0.of.a.bin', {
    mode: 'repair',
    size_bytes: 200,
    target_size_bytes: 250,
    target_path: '/copy/a.bin',
    repair_offset_bytes: 100,
    repair_sha256: FOUND,
    repair_found_sha256: 'bad0'.repeat(16),
    ...options,
  });

test('sends one slice of a placed file again to repair it, and its manifest stays', async () => {
  const world = new World();
  await world.submit({}, [planned('a.bin', { target_path: '/copy/a.bin' })]);
  const [sender, receiver] = await pair(world);
  await deliver(sender, receiver);
  const before = await world.manifests();
  const job = await world.submit({}, [repair()]);
  const sent = await sender.send();
  expect(sent).toMatchObject([
    { mode: 'repair', offset_bytes: 100, length_bytes: 100, transfer_offset_bytes: 100 },
  ]);
  expect(outcomes(await completeWith(world, sender, sent, FOUND))).toEqual(['ok']);
  const received = await receiver.recv();
  expect(outcomes(await completeWith(world, receiver, received, FOUND))).toEqual(['ok']);
  const placing = await receiver.takePlacing();
  expect(placing).toMatchObject([
    {
      mode: 'repair',
      size_bytes: 200,
      repair_found_sha256: 'bad0'.repeat(16),
      slices: [{ offset_bytes: 100, length_bytes: 100, sha256: FOUND }],
    },
  ]);
  await receiver.placed(placing);
  expect((await world.job(job.job_id)).state).toBe('done');
  expect(await world.manifests()).toEqual(before);
});

test('fails a repair whose source has changed, and says what it found', async () => {
  const world = new World();
  const job = await world.submit({}, [repair()]);
  const [sender, receiver] = await pair(world);
  const sent = await sender.send();
  const other = 'ee'.repeat(32);
  expect(outcomes(await completeWith(world, sender, sent, other))).toEqual(['object_mismatch']);
  expect(outcomes(await completeWith(world, sender, sent, other))).toEqual(['object_mismatch']);
  expect(await receiver.recv()).toEqual([]);
  expect(await world.job(job.job_id)).toMatchObject({
    state: 'done',
    files: { failed: { count: 1 } },
  });
  const { files } = await world.call('FilePage', 'GET', `/v1/files?job_id=${job.job_id}`);
  expect(files[0]?.last_error).toContain(`source_changed: slice is ${other}`);
  expect(await receiver.takeGarbage()).toHaveLength(1);
  expect(await driftOfTotals()).toEqual([]);
});

test.each([
  ['without an offset', { repair_offset_bytes: null }],
  ['without a digest', { repair_sha256: null }],
  ['without a known path', { target_path: null }],
  ['of nothing', { repair_offset_bytes: 200 }],
  ['of more than a slice', { repair_offset_bytes: 99 }],
  ['that is to be a full transfer', { mode: 'full' }],
] as const)('refuses a repair %s', async (_, change) => {
  const world = new World();
  const job = await world.submit({ jobId: newJobId() }, [], false);
  const { results } = await world.call('BatchReply', 'POST', `/v1/jobs/${job.job_id}/files`, {
    body: { files: [repair(change)] },
  });
  expect(results[0]?.problem?.type).toBe('urn:syncmate:problem:file_invalid');
});

test('takes a repair again as it was, and no other one in its place', async () => {
  const world = new World();
  const job = await world.submit({}, [repair()], false);
  const again = async (file: PlannedFile) =>
    outcomes(
      await world.call('BatchReply', 'POST', `/v1/jobs/${job.job_id}/files`, {
        body: { files: [file] },
      }),
    );
  expect(await again(repair())).toEqual(['ok']);
  expect(await again(repair({ repair_sha256: 'ee'.repeat(32) }))).toEqual(['file_conflict']);
  expect(await again(repair({ repair_offset_bytes: 101 }))).toEqual(['file_conflict']);
});

function completeWith(world: World, agent: Agent, leases: readonly Lease[], sha256: string) {
  const { session_id, items } = agent.completion(leases);
  return world.call('BatchReply', 'POST', '/v1/tasks/complete', {
    body: { session_id, items: items.map((item) => ({ ...item, sha256 })) },
  });
}

test('writes one row more for a placed file, and one for each that it replaces', async () => {
  const world = new World();
  const [sender, receiver] = await pair(world);
  const rowsOfPlacing = async (path: string | null) => {
    await world.submit({}, [planned('a.bin')]);
    await sender.complete(await sender.send());
    await receiver.complete(await receiver.recv());
    const placing = await receiver.takePlacing();
    world.meter.reset();
    await receiver.placed(placing, 'placed', null, path);
    return world.meter.rowsWritten;
  };
  const without = await rowsOfPlacing(null);
  expect(await rowsOfPlacing('/copy/a.bin')).toBe(without + 1);
  expect(await rowsOfPlacing('/copy/a.bin')).toBe(without + 2);
});
