// SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

export const about =
  'seconds, CPU and peak RSS of planning 1,000,000 shards, sources here and elsewhere';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const JAR = join(ROOT, 'agent', 'target', 'agent.jar');
const JAVA_OPTIONS = ['-Xmx384m', '-XX:+UseSerialGC'];
const KINDS = 64;
const SIZE = 8192;
const OLD_SIZE = 6000;
const POLL_MS = 20;
const MIB = 1 << 20;

export async function run({ quick }) {
  const shards = quick ? 100_000 : 1_000_000;
  const jar = spawnSync('bash', ['-c', '. scripts/lib/setup.sh && ensure_agent_jar >&2'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (jar.status !== 0) throw new Error('the agent could not be built');
  const folder = mkdtempSync(join(tmpdir(), 'syncmate-bench-plan-'));
  try {
    const rows = await measured(folder, shards);
    return { rows, figures: rows.flatMap(figuresOf) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(folder, shards) {
  const here = join(folder, 'here');
  const source = join(folder, 'src.json');
  const target = join(folder, 'dst.json');
  process.stderr.write(`plan: making ${shards} files and their profiles\n`);
  makeFiles(here, shards);
  profile(source, '/da1_data', shards, SIZE);
  profile(target, '/da2_data', shards, OLD_SIZE);
  const parse = parseSeconds([source, target]);
  const pair = ['-s', source, '-d', target];
  const paths = { SYNCMATE_PATHS: `/da1_data=${here}` };
  const cases = [
    ['plan, sources elsewhere', ['plan', ...pair], {}],
    ['plan, sources here', ['plan', ...pair], paths],
    ['taskgen, sources elsewhere', ['taskgen', ...pair, '-o', '/dev/null'], {}],
    ['taskgen, sources here', ['taskgen', ...pair, '-o', '/dev/null'], paths],
  ];
  const rows = [];
  for (const [what, args, env] of cases) {
    const { seconds, cpuSeconds, rssMib } = await agent(args, env);
    rows.push({
      what,
      shards,
      seconds,
      'CPU s': cpuSeconds,
      'peak RSS MiB': rssMib,
      'of JSON.parse': seconds / parse,
    });
    process.stderr.write(`plan: ${what} measured\n`);
  }
  return rows;
}

/** Every shard is a name of its own for one of a few files: names are looked up, bytes are cached. */
function makeFiles(here, shards) {
  for (let kind = 0; kind < KINDS; kind++) {
    const folder = join(here, `kind${kind}`);
    mkdirSync(folder, { recursive: true });
    const first = join(folder, `kind${kind}_0.bin`);
    writeFileSync(first, Buffer.alloc(SIZE));
    for (let i = 1; i < Math.floor(shards / KINDS); i++) {
      linkSync(first, join(folder, `kind${kind}_${i}.bin`));
    }
  }
}

function profile(file, root, shards, size) {
  const digest = sampleDigest(size);
  const out = openSync(file, 'w');
  writeSync(out, '{"wocSchemaVersion":2,"maps":{},"objects":{');
  for (let kind = 0; kind < KINDS; kind++) {
    const lines = [];
    for (let i = 0; i < Math.floor(shards / KINDS); i++) {
      lines.push(
        `{"path":"${root}/kind${kind}/kind${kind}_${i}.bin","size":${size},"digest":"${digest}"}`,
      );
    }
    const comma = kind === 0 ? '' : ',';
    writeSync(out, `${comma}"kind${kind}.bin":{"shards":[${lines.join(',\n')}]}`);
  }
  writeSync(out, '}}');
  closeSync(out);
}

/** Of zeros: 128 bytes at each multiple of the chunk, 128 at the end. */
function sampleDigest(size) {
  const bits = (n) => n.toString(2).length;
  const chunk = 2 ** (bits(Math.floor(size / bits(size))) + 2);
  const samples = Math.floor((size - 256) / chunk) + 2;
  return createHash('md5')
    .update(Buffer.alloc(128 * samples))
    .digest('hex')
    .slice(0, 16);
}

function parseSeconds(files) {
  const started = performance.now();
  for (const file of files) JSON.parse(readFileSync(file, 'utf8'));
  return (performance.now() - started) / 1000;
}

function agent(args, env) {
  const started = performance.now();
  const child = spawn('java', [...JAVA_OPTIONS, '-jar', JAR, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const seen = { rssMib: 0, cpuSeconds: 0 };
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const poll = setInterval(() => look(child.pid, seen), POLL_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(poll);
      const seconds = (performance.now() - started) / 1000;
      if (status === 0) resolve({ seconds, ...seen });
      else reject(new Error(`${args[0]} ended with ${status}: ${said.slice(-500)}`));
    });
  });
}

/** The kernel's own high-water mark; the child's last look is at most a poll before its end. */
function look(pid, seen) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    seen.rssMib = Math.max(seen.rssMib, peak / MIB);
    seen.cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    // It has ended.
  }
}

function figuresOf({ what, shards, ...values }) {
  const units = { seconds: 's', 'CPU s': 's', 'peak RSS MiB': 'MiB', 'of JSON.parse': 'ratio' };
  return Object.entries(values).map(([column, value]) => ({
    name: `plan.${what}.shards_${shards}.${column}`.replace(/,? /g, '_'),
    value,
    unit: units[column],
  }));
}
