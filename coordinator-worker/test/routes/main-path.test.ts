// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { driftOfTotals } from '../testing/recount';
import { outcomes, planned, World, ZONE } from '../testing/world';

test('moves a file from its plan to its place', async () => {
  const world = new World();
  const job = await world.submit({}, [planned('a.tch'), planned('empty.tch', { size_bytes: 0 })]);
  expect(job.state).toBe('active');
  expect(job.tasks.pending).toEqual({ count: 4, bytes: 250 });

  const sender = await world.agent('send');
  const receiver = await world.agent('recv');
  const sent = await sender.send();
  expect(sent.map((lease) => [lease.virtual_path, lease.offset_bytes, lease.length_bytes])).toEqual(
    [
      ['a.tch.slice.00000', 0, 100],
      ['a.tch.slice.00001', 100, 100],
      ['a.tch.slice.00002', 200, 50],
      ['empty.tch', 0, 0],
    ],
  );
  expect(sent[0]?.object_key).toBe(
    `${job.job_id.slice(0, 16)}/${sent[0]?.file_id ?? ''}/0.${world.now}`,
  );
  expect((await world.job(job.job_id)).window_used_bytes).toBe(250);
  expect(outcomes(await sender.complete(sent))).toEqual(['ok', 'ok', 'ok', 'ok']);

  const received = await receiver.recv();
  expect(received).toHaveLength(4);
  expect(
    received.every((lease) => lease.lease_epoch === world.now + 1 && lease.sha256 !== null),
  ).toBe(true);
  expect(outcomes(await receiver.complete(received))).toEqual(['ok', 'ok', 'ok', 'ok']);
  expect((await world.job(job.job_id)).files.placing).toEqual({ count: 2, bytes: 250 });

  const placing = await receiver.takePlacing();
  expect(placing.map((file) => file.slices.length)).toEqual([3, 1]);
  expect(outcomes(await receiver.placed(placing))).toEqual(['ok', 'ok']);

  const keys = await receiver.takeGarbage();
  expect([...keys].sort()).toEqual(sent.map((lease) => lease.object_key).sort());
  expect(await receiver.deleted(keys)).toBe(250);

  const done = await world.job(job.job_id);
  expect(done.state).toBe('done');
  expect(done.window_used_bytes).toBe(0);
  expect(done.tasks.downloaded).toEqual({ count: 4, bytes: 250 });
  expect(await driftOfTotals()).toEqual([]);

  const status = await world.status();
  expect(status.tasks.downloaded.count).toBe(4);
  expect(status.eta_seconds).toBe(0);
  expect(status.agents).toHaveLength(2);
  expect((await sender.heartbeat()).zones).toEqual([]);
});

test('starts work before the seal, and names its zones', async () => {
  const world = new World();
  const job = await world.submit({}, [planned('b.tch', { size_bytes: 10 })], false);
  expect(job.state).toBe('open');
  const sender = await world.agent('send');
  expect((await sender.register()).zones).toEqual([{ zone: ZONE, sample_path: `${ZONE}/b.tch` }]);
  expect(await sender.send()).toHaveLength(1);
});
