// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const HERE = dirname(fileURLToPath(import.meta.url));
const PARTS = join(HERE, 'bench-offsetfs');
const ROOT = dirname(dirname(HERE));
const JAR = process.env.SYNCMATE_AGENT_JAR ?? join(ROOT, 'agent', 'target', 'agent.jar');
const JAVA = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
const MIB = 1 << 20;
const GIB = 1 << 30;
const QUARTERS = 4;

export const about = 'OffsetFS mounts against the source read directly and the same in C';

/** Sequential, 4-reader and random reads, warm and cold, on both libfuses; then the upload path. */
export async function run(options) {
  const size = options.quick
    ? { mib: 256, passes: 2, random: 4000, warmUps: 8 }
    : { mib: 1024, passes: 7, random: 20000, warmUps: 4 };
  if (options.full) Object.assign(size, { mib: 4096, passes: 14 });
  prepare();
  const folder = mkdtempSync(join(tmpdir(), 'syncmate-bench-'));
  const servers = [];
  try {
    const tools = compile(folder);
    const files = await makeFiles(folder, size.mib);
    for (const version of ['2', '3']) {
      servers.push(await serveC(folder, tools, files, version));
      servers.push(await serveMount(folder, files, version));
      servers.push(await serveSlices(folder, files, version));
    }
    const samples = await measure(tools, files, servers, size);
    const sliceIo = await measureSliceIo(folder, files, size.passes);
    return report(samples, sliceIo);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiler, headers and agent.jar: installs what is missing as root, else says what to install. */
function prepare() {
  const packages = [];
  if (!has('gcc')) packages.push('gcc', 'libc6-dev');
  if (!existsSync('/usr/include/fuse/fuse.h')) packages.push('libfuse-dev');
  if (!existsSync('/usr/include/fuse3/fuse.h')) packages.push('libfuse3-dev');
  if (packages.length > 0) {
    const apt = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
    if (process.getuid() !== 0 || !has('apt-get')) {
      throw new Error(
        `bench offsetfs: missing on this host: ${packages.join(', ')}; install with: sudo ${apt}`,
      );
    }
    console.error(`==> packages: ${packages.join(' ')}`);
    execFileSync('sh', ['-c', `apt-get update && ${apt}`], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  if (!existsSync('/dev/fuse'))
    throw new Error('bench offsetfs: no /dev/fuse on this host: nothing can be mounted');
  if (!existsSync(JAR))
    throw new Error(`bench offsetfs: no ${JAR}: build it with mvn package -DskipTests`);
}

function has(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

function compile(folder) {
  const gcc = (out, source, ...flags) => {
    const target = join(folder, out);
    execFileSync('gcc', [
      '-O2',
      '-D_FILE_OFFSET_BITS=64',
      '-o',
      target,
      join(PARTS, source),
      ...flags,
      '-pthread',
    ]);
    return target;
  };
  return {
    reader: gcc('reader', 'reader.c'),
    2: gcc('offsetfs2', 'offsetfs.c', '-DLIBFUSE_2', '-I/usr/include/fuse', '-lfuse'),
    3: gcc('offsetfs3', 'offsetfs.c', '-I/usr/include/fuse3', '-lfuse3'),
  };
}

/** A source, and five slices of it: the whole but for its first page, and its quarters. */
async function makeFiles(folder, mib) {
  const source = join(folder, 'source');
  const out = createWriteStream(source);
  const block = Buffer.allocUnsafe(MIB);
  for (let i = 0; i < mib; i++) {
    randomFillSync(block);
    if (!out.write(Buffer.from(block))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  await execute('sync', [source]);
  const quarter = (mib * MIB) / QUARTERS;
  const slices = [['whole', 4096, mib * MIB - 4096]];
  for (let i = 0; i < QUARTERS; i++) slices.push([`quarter${i}`, i * quarter, quarter]);
  const list = join(folder, 'slices.txt');
  writeFileSync(
    list,
    slices.map(([name, offset, length]) => `${name} ${source} ${offset} ${length}\n`).join(''),
  );
  const tasks = join(folder, 'tasks.jsonl');
  writeFileSync(
    tasks,
    slices
      .map(([name, offset, length]) =>
        JSON.stringify({ virtual_path: name, source_path: source, offset, size: length }),
      )
      .join('\n') + '\n',
  );
  const parts = Object.fromEntries(
    slices.map(([name, offset, length]) => [name, `${source}@${offset}+${length}`]),
  );
  return { source, list, tasks, parts };
}

async function serveC(folder, tools, files, version) {
  const at = made(join(folder, `c${version}`));
  const options = ['ro', 'auto_cache', 'attr_timeout=0', 'entry_timeout=0'];
  // Its default is a number that the library then complains about.
  if (version === '3') options.push('max_idle_threads=10');
  const child = spawn(tools[version], [files.list, '-f', '-o', options.join(','), at], {
    stdio: 'ignore',
  });
  await mounted(at, child);
  return server('C', version, at, child, () => execute('umount', [at]));
}

async function serveMount(folder, files, version) {
  const at = made(join(folder, `mount${version}`));
  const child = spawn(
    JAVA,
    ['-jar', JAR, 'mount', '-c', files.tasks, '--readonly', '--fuse', version, at],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await line(child.stderr, /^mounted:/);
  return server('mount', version, at, child, () => child.kill('SIGTERM'));
}

async function serveSlices(folder, files, version) {
  const child = spawn(
    JAVA,
    ['-cp', JAR, join(PARTS, 'ServeSlices.java'), version, join(folder, 'base'), files.list],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
  const [, at] = await line(child.stdout, /^mounted (.*)/);
  return server('agent', version, at, child, () => child.stdin.end());
}

function server(kind, version, folder, child, end) {
  const stop = async () => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    await end();
    await ended;
  };
  return { kind, version, folder, pid: child.pid, stop };
}

function made(folder) {
  mkdirSync(folder);
  return folder;
}

/** The first line that matches; fails when the stream ends without. Goes on emptying the stream. */
async function line(stream, pattern) {
  const lines = createInterface({ input: stream });
  return new Promise((resolve, reject) => {
    const seen = [];
    lines.on('line', (text) => {
      seen.push(text);
      const match = pattern.exec(text);
      if (match) resolve(match);
    });
    lines.on('close', () =>
      reject(new Error(`bench offsetfs: a server ended: ${seen.join(' | ')}`)),
    );
  });
}

async function mounted(folder, child) {
  while (!readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${folder} `)) {
    if (child.exitCode !== null)
      throw new Error(`bench offsetfs: the C file system ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** CPU seconds of a process, all its threads. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Ticks of all processors since boot: those not idle, and all. What the host of a virtual machine took counts as busy. */
function ticks() {
  const fields = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/ +/)
    .slice(1, 9)
    .map(Number);
  const all = fields.reduce((sum, field) => sum + field, 0);
  return { all, busy: all - fields[3] - fields[4] };
}

const LOADS = {
  sequential: ['whole'],
  '4 readers': ['quarter0', 'quarter1', 'quarter2', 'quarter3'],
  'random 4 KiB': ['whole'],
};

/**
 * Passes are interleaved, so that a change of the machine's mood meets all alike, and each begins with another, as
 * some places in the round are better than others.
 */
async function measure(tools, files, servers, size) {
  const samples = new Map();
  const direct = { kind: 'source', version: '-' };
  await warmUp(tools, files, servers, size);
  for (let pass = 0; pass < size.passes; pass++) {
    for (const warmth of ['warm', 'cold']) {
      for (const [load, names] of Object.entries(LOADS)) {
        if (warmth === 'cold' && load === 'random 4 KiB') continue;
        for (const target of rotated([direct, ...servers], pass)) {
          const sample = await measureOnce(tools, files, target, warmth, load, names, size);
          const key = [warmth, load, target.version, target.kind].join('|');
          samples.set(key, [...(samples.get(key) ?? []), sample]);
        }
      }
    }
    console.error(`==> pass ${pass + 1} of ${size.passes}`);
  }
  return samples;
}

function rotated(list, by) {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/** A mount serves for days: until the JVM has compiled what it runs, its figures are those of the compiler. */
async function warmUp(tools, files, servers, size) {
  console.error('==> warming up');
  for (let i = 0; i < size.warmUps; i++) {
    for (const [load, names] of Object.entries(LOADS)) {
      for (const server of servers)
        await measureOnce(tools, files, server, 'warm', load, names, size);
    }
  }
}

async function measureOnce(tools, files, target, warmth, load, names, size) {
  const direct = target.kind === 'source';
  const paths = names.map((name) => (direct ? files.parts[name] : join(target.folder, name)));
  // The mount's own pages go each time: what is measured is the way from the source.
  if (!direct) await execute(tools.reader, ['drop', ...paths]);
  if (warmth === 'cold') await execute(tools.reader, ['drop', files.source]);
  else await execute(tools.reader, ['seq', files.source]);
  const before = direct ? 0 : cpuSeconds(target.pid);
  const ticksBefore = ticks();
  const how =
    load === 'random 4 KiB'
      ? ['rand', String(size.random), direct ? files.source : paths[0]]
      : ['seq', ...paths];
  const { stdout } = await execute(tools.reader, how);
  const ticksAfter = ticks();
  const [bytes, nanos] = stdout.split(' ').map(Number);
  return {
    gbPerSecond: bytes / nanos,
    bytes,
    busy: ticksAfter.busy - ticksBefore.busy,
    ticks: ticksAfter.all - ticksBefore.all,
    cpuSeconds: direct ? 0 : cpuSeconds(target.pid) - before,
  };
}

/** The upload path of an agent, read directly and through its own mount. */
async function measureSliceIo(folder, files, passes) {
  const program = join(PARTS, 'SliceIo.java');
  const sink = spawn(JAVA, ['-cp', JAR, program, 'sink'], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const [port] = await line(sink.stdout, /^\d+$/);
    const { stdout } = await execute(JAVA, [
      '-cp',
      JAR,
      program,
      port,
      join(folder, 'base'),
      files.source,
      String(passes),
    ]);
    const ways = new Map();
    for (const text of stdout.split('\n')) {
      const match = /^(direct|mount-[23]) (\d+) (\d+) (\d+)$/.exec(text);
      if (!match) continue;
      const [, way, bytes, nanos, cpu] = match;
      const sample = { gbPerSecond: bytes / nanos, bytes: Number(bytes), cpuSeconds: cpu / 1e9 };
      ways.set(way, [...(ways.get(way) ?? []), sample]);
    }
    return ways;
  } finally {
    sink.stdin.end();
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function summed(samples) {
  const total = (field) => samples.reduce((sum, sample) => sum + sample[field], 0);
  return {
    speed: median(samples.map((sample) => sample.gbPerSecond)),
    cpu: total('cpuSeconds') / (total('bytes') / GIB),
    busy: total('busy') / total('ticks'),
  };
}

function report(samples, sliceIo) {
  const results = new Map([...samples].map(([key, list]) => [key, summed(list)]));
  const rows = [];
  const figures = [];
  for (const [key, { speed, cpu, busy }] of results) {
    const [warmth, load, version, kind] = key.split('|');
    const c = results.get([warmth, load, version, 'C'].join('|'));
    const source = results.get([warmth, load, '-', 'source'].join('|'));
    const ours = kind === 'mount' || kind === 'agent';
    rows.push({
      reads: `${warmth} ${load}`,
      libfuse: version,
      through: { source: 'source itself', C: 'C', mount: 'mount', agent: "agent's mount" }[kind],
      'GB/s': speed,
      'CPU s/GiB': kind === 'source' ? '-' : cpu,
      'of C': ours ? speed / c.speed : '-',
      'CPU of C': ours ? cpu / c.cpu : '-',
      'of source': kind === 'source' ? '-' : speed / source.speed,
      'CPUs busy': busy,
    });
    const name = [
      'offsetfs',
      warmth,
      load.replaceAll(' ', '_'),
      kind + (version === '-' ? '' : version),
    ].join('.');
    figures.push({ name: `${name}.speed`, value: speed, unit: 'GB/s' });
    if (kind !== 'source') figures.push({ name: `${name}.cpu`, value: cpu, unit: 's/GiB' });
    if (ours) figures.push({ name: `${name}.speed_of_c`, value: speed / c.speed, unit: 'ratio' });
    if (kind !== 'source')
      figures.push({ name: `${name}.speed_of_source`, value: speed / source.speed, unit: 'ratio' });
  }
  const direct = summed(sliceIo.get('direct'));
  for (const [way, list] of sliceIo) {
    const { speed, cpu } = summed(list);
    rows.push({
      reads: 'upload of slices',
      libfuse: way === 'direct' ? '-' : way.slice(-1),
      through: way === 'direct' ? 'source itself' : "agent's mount",
      'GB/s': speed,
      'CPU s/GiB': cpu,
      'of C': '-',
      'CPU of C': '-',
      'of source': speed / direct.speed,
      'CPUs busy': '-',
    });
    figures.push({ name: `offsetfs.upload.${way}.speed`, value: speed, unit: 'GB/s' });
    figures.push({ name: `offsetfs.upload.${way}.cpu`, value: cpu, unit: 's/GiB' });
  }
  return { rows, figures };
}
