// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { withStack } from './bench-stack.mjs';

export const about =
  'tasks that 1, 16 and 64 agents take and complete a second; latency of each call';

const SLICE_BYTES = 5 << 20;
const SLICES_PER_FILE = 1000;
const TASKS_PER_TAKE = 32;
const FILL_PER_TAKE = 100;
const FILL_AGENTS = 8;
const AGENTS = [1, 16, 64];
const ZONE = '/da1_data';
/** More than the fastest machine takes while the clock runs. */
const SPARE_TASKS = 1_000_000;
/** All agents share one token here, and none of them moves a byte between its calls. */
const FLAGS = ['--lease-duration-ms', '86400000', '--calls-limit', '999999999'];

export async function run({ quick, full }) {
  const seconds = quick ? 4 : 15;
  const sizes = quick ? [10_000] : full ? [100_000, 1_000_000] : [100_000];
  const rows = [];
  for (const tasks of sizes) {
    rows.push(...(await withStack(FLAGS, (stack) => size(stack, tasks, seconds))));
  }
  return { rows, figures: rows.flatMap(figuresOf) };
}

async function size(stack, tasks, seconds) {
  const calls = client(stack);
  const job = await submit(calls, tasks + SPARE_TASKS);
  await fill(calls, tasks);
  const rows = [];
  for (const agents of AGENTS) {
    rows.push({ tasks, agents, ...(await measure(calls, agents, seconds)) });
    process.stderr.write(`coordinator: ${tasks} tasks, ${agents} agents measured\n`);
  }
  const { tasks: tallies } = await calls.get(`/v1/jobs/${job}`);
  if (tallies.pending.count === 0) {
    throw new Error(
      `all ${SPARE_TASKS} tasks were taken before the time was over: the figures are too low`,
    );
  }
  return rows;
}

/** JSON calls with the stack's admin token; anything but 200 ends the benchmark. */
function client({ coordinator_url: url, tokens }) {
  const headers = { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json' };
  const call = async (method, path, body) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}

async function submit(calls, tasks) {
  const job = randomUUID().replaceAll('-', '');
  const bytes = SLICES_PER_FILE * SLICE_BYTES;
  await calls.post('/v1/jobs', {
    job_id: job,
    slice_size_bytes: SLICE_BYTES,
    window_bytes: Number.MAX_SAFE_INTEGER,
  });
  const files = Array.from({ length: tasks / SLICES_PER_FILE }, (_, i) => ({
    virtual_path: `blob_${i}.bin`,
    source_path: `${ZONE}/All.blobs/blob_${i}.bin`,
    size_bytes: bytes,
    source_digest: null,
    target_path: null,
    target_size_bytes: null,
    target_digest: null,
    mode: 'full',
    dest_sub: 'All.blobs',
    dest_name: `blob_${i}.bin`,
    zone: ZONE,
  }));
  for (let i = 0; i < files.length; i += 500) {
    await calls.post(`/v1/jobs/${job}/files`, { files: files.slice(i, i + 500) });
  }
  await calls.post(`/v1/jobs/${job}/seal`, { file_count: files.length });
  return job;
}

async function register(calls) {
  const session = `s-${randomUUID()}`;
  const name = `bench-${session.slice(2, 10)}`;
  await calls.post('/v1/agents', {
    session_id: session,
    name,
    host: name,
    role: 'send',
    domain: name,
    agent_version: 'bench',
    contract_version: 1,
  });
  return session;
}

const take = (calls, session, max) =>
  calls.post('/v1/leases', {
    session_id: session,
    request_id: randomUUID(),
    direction: 'send',
    max_tasks: max,
    max_bytes: Number.MAX_SAFE_INTEGER,
    zones: [ZONE],
    free_bytes: null,
  });

const complete = (calls, session, leases) =>
  calls.post('/v1/tasks/complete', {
    session_id: session,
    items: leases.map(({ task_id, lease_epoch, object_key, length_bytes }) => ({
      task_id,
      lease_epoch,
      object_key,
      size_bytes: length_bytes,
      sha256: 'a'.repeat(64),
    })),
  });

async function fill(calls, tasks) {
  let left = tasks;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: FILL_AGENTS }, async () => {
      const session = await register(calls);
      while (left > 0) {
        left -= FILL_PER_TAKE;
        const { leases } = await take(calls, session, FILL_PER_TAKE);
        await complete(calls, session, leases);
      }
    }),
  );
  const took = ((performance.now() - started) / 1000).toFixed(0);
  process.stderr.write(`coordinator: ${tasks} tasks completed before, in ${took} s\n`);
}

/** What the agents get done in that time, and what the stack can do at all: the same with /healthz. */
async function measure(calls, agents, seconds) {
  const sessions = await Promise.all(Array.from({ length: agents }, () => register(calls)));
  const idle = await during(seconds / 4, sessions, async (_, timed) => {
    await timed('health', () => calls.get('/healthz'));
    return 0;
  });
  const busy = await during(seconds, sessions, async (session, timed) => {
    const { leases } = await timed('take', () => take(calls, session, TASKS_PER_TAKE));
    await timed('complete', () => complete(calls, session, leases));
    return leases.length;
  });
  const callsPerSecond = (busy.ms.take.length + busy.ms.complete.length) / busy.seconds;
  return {
    'tasks/s': busy.done / busy.seconds,
    'calls/s': callsPerSecond,
    'of healthz/s': callsPerSecond / (idle.ms.health.length / idle.seconds),
    'take p50 ms': percentile(busy.ms.take, 0.5),
    'take p99 ms': percentile(busy.ms.take, 0.99),
    'complete p50 ms': percentile(busy.ms.complete, 0.5),
    'complete p99 ms': percentile(busy.ms.complete, 0.99),
  };
}

async function during(seconds, sessions, step) {
  const ms = {};
  const timed = async (what, call) => {
    const from = performance.now();
    const answer = await call();
    (ms[what] ??= []).push(performance.now() - from);
    return answer;
  };
  const started = performance.now();
  let done = 0;
  await Promise.all(
    sessions.map(async (session) => {
      while (performance.now() - started < seconds * 1000) {
        // Not in one statement: "done +=" reads before the step, and the others' would be lost.
        const more = await step(session, timed);
        done += more;
      }
    }),
  );
  return { done, ms, seconds: (performance.now() - started) / 1000 };
}

/** Nearest rank. */
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

function figuresOf({ tasks, agents, ...values }) {
  return Object.entries(values).map(([column, value]) => {
    const unit = column.endsWith(' ms') ? 'ms' : column === 'of healthz/s' ? 'ratio' : column;
    const what = column.replace(/ ms$/, '').replace(/[ /]/g, '_');
    return { name: `coordinator.tasks_${tasks}.agents_${agents}.${what}`, value, unit };
  });
}
