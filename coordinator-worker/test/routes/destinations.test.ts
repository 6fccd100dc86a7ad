// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { newJobId, planned, World, type Agent } from '../testing/world';

const LEASE_MS = 180_000;
const FOLDER = 'a'.repeat(32);
const OTHER_FOLDER = 'b'.repeat(32);

let zones = 0;

/** A job of one file of ten slices, in a zone of its own: tests of a file share their database. */
async function job(world: World, destination: string | null, jobId = newJobId()) {
  zones += 1;
  const zone = `/dest${zones}`;
  const file = planned(`d${zones}.bin`, { zone, source_path: `${zone}/d`, size_bytes: 1000 });
  const { job_id: id } = await world.submit({ destination, jobId }, [file]);
  const sender = await world.agent('send');
  return { id, send: async () => sender.complete(await sender.send({ zones: [zone] })) };
}

/** What a receiver takes, and why it is not more. */
async function taken(receiver: Agent): Promise<{ tasks: number; why: string | null }> {
  const { leases, waiting } = await receiver.take(receiver.request('recv'));
  if (leases.length > 0) await receiver.release(leases);
  return { tasks: leases.length, why: waiting?.reason ?? null };
}

async function refusal(world: World, receiver: Agent, jobId: string): Promise<string> {
  const body = receiver.claiming(jobId);
  const { type, status, detail } = await world.problem('POST', '/v1/jobs', { body });
  expect([status, type]).toEqual([409, 'urn:syncmate:problem:destination_mismatch']);
  return detail;
}

test('hands nothing of a job to receivers of another destination', async () => {
  const world = new World();
  const of = await job(world, 'x1');
  await of.send();
  const x = await world.agent('recv', { destination: 'x1', domain: 'dx1' });
  const y = await world.agent('recv', { destination: 'y1', domain: 'dy1' });
  expect(await taken(y)).toEqual({ tasks: 0, why: 'other_destination' });
  await x.complete(await x.recv());
  // The same name of a domain is no way round it.
  const namesake = await world.agent('recv', { destination: 'y1', domain: 'dx1' });
  expect(await namesake.takePlacing()).toEqual([]);
  expect(await y.takeGarbage()).toEqual([]);
  expect(await y.takeSweep()).toBeNull();
  const [placing] = await x.takePlacing();
  expect(placing?.job_id).toBe(of.id);
  expect(await x.takeGarbage()).toHaveLength(10);
  expect((await x.takeSweep())?.job_id).toBe(of.id);
  const objects = [{ object_key: 'k', last_modified_ms: 0 }];
  const body = { session_id: y.sessionId, job_id: of.id, objects };
  expect((await world.problem('POST', '/v1/garbage/listed', { body })).type).toMatch(
    /destination_mismatch$/,
  );
});

test('a receiver that deletes nothing keeps no other destination from its own objects', async () => {
  const world = new World();
  // Keys begin with the job's id, and a receiver gets a range of them.
  const [first, between, last] = await Promise.all([
    job(world, 'x2', `0${newJobId()}`),
    job(world, 'y2', `7${newJobId()}`),
    job(world, 'x2', `f${newJobId()}`),
  ]);
  const x = await world.agent('recv', { destination: 'x2' });
  const y = await world.agent('recv', { destination: 'y2' });
  for (const each of [first, between, last]) await each.send();
  await x.complete(await x.recv({ max_tasks: 100 }));
  await y.complete(await y.recv());
  expect(await x.takeGarbage()).toHaveLength(20);
  expect(await y.takeGarbage()).toHaveLength(10);
});

test('a job that nobody has claimed waits, and says for what', async () => {
  const world = new World();
  const of = await job(world, null);
  await of.send();
  expect((await world.job(of.id)).destination).toBeNull();
  const plain = await world.agent('recv', { destination: 'x3' });
  expect(await taken(plain)).toEqual({ tasks: 0, why: 'other_destination' });
  const [task] = (await world.call('TaskPage', 'GET', `/v1/tasks?job_id=${of.id}`)).tasks;
  const explained = await world.explain(task?.task_id ?? '');
  expect(explained.reason).toBe('no_destination');
  expect(explained.detail).toContain('Run recv with its two profiles');
  expect((await plain.claim(of.id)).destination).toBe('x3');
  expect((await world.explain(task?.task_id ?? '')).reason).toBe('queued');
  expect((await taken(plain)).tasks).toBe(10);
});

test('says so too where the window of an unclaimed job is full', async () => {
  const world = new World();
  const file = planned('w.bin', { zone: '/w', source_path: '/w/w', size_bytes: 1000 });
  const options = { destination: null, windowBytes: 500 };
  const { job_id: id } = await world.submit(options, [file]);
  const sender = await world.agent('send');
  const leases = await sender.send({ zones: ['/w'] });
  expect(leases).toHaveLength(5);
  const fileId = leases[0]?.file_id ?? '';
  expect((await world.explain(`${fileId}-9`)).reason).toBe('no_destination');
  await world.claim(id, 'x4');
  expect((await world.explain(`${fileId}-9`)).reason).toBe('window_full');
});

test('whoever claims first has the job; the other is told whose it is and what to do', async () => {
  const world = new World();
  const of = await job(world, null);
  const x = await world.agent('recv', { destination: 'x5', domain: 'dx5' });
  const y = await world.agent('both', { destination: 'y5', domain: 'dy5' });
  await x.claim(of.id);
  const told = await refusal(world, y, of.id);
  expect(told).toContain('is for destination x5, this agent receives for y5');
  expect(told).toContain('a profile of y5');
  expect((await x.claim(of.id)).destination).toBe('x5');
  // A sender says nothing of it, and a session that only sends can't.
  const sender = await world.agent('send');
  const body = sender.claiming(of.id);
  expect((await world.problem('POST', '/v1/jobs', { body })).type).toMatch(/role_mismatch$/);
});

test('of two that claim at once one has the job', async () => {
  const world = new World();
  const of = await job(world, null);
  const rivals = await Promise.all(
    ['x6', 'y6', 'z6'].map((destination) => world.agent('recv', { destination })),
  );
  const claims = await Promise.allSettled(rivals.map((each) => each.claim(of.id)));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('the objects of an unclaimed job that was cancelled are deleted by whoever is there', async () => {
  const world = new World();
  const of = await job(world, null);
  await of.send();
  await world.control(of.id, 'cancel');
  const plain = await world.agent('recv', { destination: 'x7' });
  expect(await plain.takeGarbage()).toHaveLength(10);
  expect((await plain.takeSweep())?.job_id).toBe(of.id);
});

test('a second host of a domain that has other folders is refused, and both are named', async () => {
  const world = new World();
  const names = { destination: 'x8', domain: 'localhost' };
  const one = await world.agent('recv', { ...names, folder: FOLDER, name: 'r1', host: 'da3' });
  const register = async (more: object) => {
    const body = {
      ...one.registration(),
      name: 'r2',
      host: 'da4',
      session_id: 's-another',
      ...more,
    };
    return world.problem('POST', '/v1/agents', { body });
  };
  const problem = await register({ target_folder_id: OTHER_FOLDER });
  expect([problem.status, problem.type]).toEqual([409, 'urn:syncmate:problem:domain_conflict']);
  expect(problem.detail).toContain('da4 (agent r2) and da3 (r1)');
  expect(problem.detail).toContain('"destination"');
  // Nothing proved is no proof, and staging elsewhere would split the slices.
  expect((await register({ target_folder_id: null })).type).toBe(problem.type);
  expect((await register({ cache_folder_id: OTHER_FOLDER })).type).toBe(problem.type);
  expect((await register({ role: 'both', target_folder_id: OTHER_FOLDER })).type).toBe(
    problem.type,
  );
  expect(await one.register()).toMatchObject({ session_id: one.sessionId });
});

test('hosts that share a file system work in one domain, and senders and others beside them', async () => {
  const world = new World();
  const names = { destination: 'x9', domain: 'shared9' };
  await world.agent('recv', { ...names, folder: FOLDER });
  await world.agent('recv', { ...names, folder: FOLDER });
  await world.agent('send', { ...names, folder: null });
  await world.agent('recv', { ...names, destination: 'y9', folder: OTHER_FOLDER });
  await world.agent('recv', { ...names, domain: 'own9', folder: OTHER_FOLDER });
});

test('a domain is free again when its last agent has gone', async () => {
  const world = new World();
  const names = { destination: 'x10', domain: 'd10' };
  const one = await world.agent('recv', { ...names, folder: FOLDER });
  await one.end();
  await world.agent('recv', { ...names, folder: OTHER_FOLDER });
  world.now += LEASE_MS;
  await world.agent('recv', { ...names, folder: FOLDER });
});

test('a namesake on another file system takes nothing of a job that was claimed before', async () => {
  const world = new World();
  const of = await job(world, null);
  await of.send();
  const names = { destination: 'x11', domain: 'localhost' };
  const mine = await world.agent('recv', { ...names, folder: FOLDER });
  await mine.claim(of.id);
  await mine.end();
  const namesake = await world.agent('recv', { ...names, folder: OTHER_FOLDER });
  expect(await taken(namesake)).toEqual({ tasks: 0, why: 'other_destination' });
  const [task] = (await world.call('TaskPage', 'GET', `/v1/tasks?job_id=${of.id}`)).tasks;
  expect((await world.explain(task?.task_id ?? '')).reason).toBe('no_agent');
});

test('a claim may move to another folder until something has arrived', async () => {
  const world = new World();
  const of = await job(world, null);
  await of.send();
  const names = { destination: 'x12', domain: 'd12' };
  const wrong = await world.agent('recv', { ...names, folder: FOLDER });
  await wrong.claim(of.id);
  await wrong.end();
  const right = await world.agent('recv', { ...names, folder: OTHER_FOLDER });
  await right.claim(of.id);
  await right.complete(await right.recv());
  await right.end();
  const late = await world.agent('recv', { ...names, folder: FOLDER });
  expect(await refusal(world, late, of.id)).toContain('another folder of domain d12');
});

test('files of a domain start again elsewhere although a namesake of another destination lives', async () => {
  const world = new World({ DOMAIN_TIMEOUT_MS: '1000' });
  const of = await job(world, 'x13');
  await of.send();
  const names = { domain: 'd13', folder: FOLDER };
  const lost = await world.agent('recv', { ...names, destination: 'x13' });
  await lost.complete(await lost.recv({ max_tasks: 3 }));
  await lost.end();
  await world.agent('recv', { ...names, destination: 'y13' });
  world.now += 2000;
  const other = await world.agent('recv', { destination: 'x13', domain: 'e13' });
  await other.recv();
  await of.send();
  expect(await other.recv()).toHaveLength(10);
});
