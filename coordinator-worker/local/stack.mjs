// SPDX-License-Identifier: Apache-2.0
/**
 * The local stack: Worker, D1 and R2's S3 API in one process. See HELP in options.mjs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { checkNode } from './node.mjs';
import { HELP, UsageError, parseOptions } from './options.mjs';
import { credentials, takeFolder, tokensSecret } from './state.mjs';
import { bundle, deployment, migrate } from './worker.mjs';

const HOST = '127.0.0.1';
const REGION = 'auto';
const S3_PATH = '/cdn-cgi/local/r2/s3';
const COORDINATOR = 'coordinator';
const SIGNALS = /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * Resolves, with the reason, when the stack is to stop: whoever started it has closed its stdin or
 * no longer reads its stdout, or a signal came.
 *
 * @returns {Promise<string>}
 */
function stopRequest() {
  return new Promise((resolve) => {
    for (const event of ['end', 'close', 'error']) {
      process.stdin.once(event, () => resolve('stdin_closed'));
    }
    process.stdin.resume();
    process.stdout.once('error', () => resolve('stdout_closed'));
    for (const signal of SIGNALS) process.on(signal, () => resolve(signal));
  });
}

/**
 * Runs `construct` without the signal handlers that it adds: Miniflare's exit the process at once,
 * before what is temporary is removed.
 *
 * @template T
 * @param {() => T} construct
 * @returns {T}
 */
function withoutSignalHandlers(construct) {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const made = construct();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.includes(listener)) process.removeListener(signal, listener);
    }
  });
  return made;
}

/** @param {number} port */
async function checkPortIsFree(port) {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const what = error.code === 'EADDRINUSE' ? 'in use' : `can't be listened on (${error.code})`;
      reject(new UsageError(`--port ${port}: ${what}; choose another, or 0 for any free one`));
    });
    server.listen(port, HOST, () => server.close(resolve));
  });
}

/**
 * Miniflare with the Worker and, as a neighbour, the bucket: in a deployment the Worker has no
 * binding to it either.
 *
 * @param {import('./options.mjs').Options} options
 * @param {string} folder
 * @param {import('./state.mjs').Credentials} keys
 */
async function miniflare(options, folder, keys) {
  const { Log, LogLevel, Miniflare } = await import('miniflare-s3');
  // stdout is for the one line that says where everything is.
  class StderrLog extends Log {
    /**
     * @override
     * @param {string} message
     */
    log(message) {
      process.stderr.write(`${message}\n`);
    }
  }
  const { main, compatibilityDate, variables, rateLimits } = deployment();
  if (options.callsLimit !== undefined && rateLimits.CALLS_LIMIT !== undefined) {
    rateLimits.CALLS_LIMIT.simple.limit = options.callsLimit;
  }
  const script = await bundle(main);
  /** @type {import('miniflare-s3').MiniflareOptions} */
  const settings = {
    host: HOST,
    port: options.port,
    cf: false,
    telemetry: { enabled: false },
    log: new StderrLog(LogLevel.ERROR),
    handleRuntimeStdio: (
      /** @type {import('node:stream').Readable} */ stdout,
      /** @type {import('node:stream').Readable} */ stderr,
    ) => {
      stdout.pipe(process.stderr);
      stderr.pipe(process.stderr);
    },
    defaultPersistRoot: folder,
    workers: [
      {
        name: COORDINATOR,
        modules: true,
        script,
        compatibilityDate,
        bindings: { ...variables, ...options.variables, SYNCMATE_TOKENS: tokensSecret(keys) },
        d1Databases: { DB: 'syncmate' },
        ratelimits: rateLimits,
      },
      {
        name: 'bucket',
        modules: true,
        script: 'export default {};',
        compatibilityDate,
        r2Buckets: {
          BUCKET: {
            id: options.bucket,
            s3Credentials: { accessKeyId: keys.access_key, secretAccessKey: keys.secret_key },
          },
        },
      },
    ],
  };
  return withoutSignalHandlers(() => new Miniflare(settings));
}

/**
 * Asks each part once, so that the line on stdout is never a promise only.
 *
 * @param {{ coordinator_url: string, s3_endpoint: string, bucket: string }} where
 * @param {import('./state.mjs').Credentials} keys
 */
async function checkAnswers({ coordinator_url, s3_endpoint, bucket }, keys) {
  const s3 = new AwsClient({
    accessKeyId: keys.access_key,
    secretAccessKey: keys.secret_key,
    region: REGION,
    service: 's3',
    retries: 0,
  });
  const authorization = `Bearer ${keys.tokens.read}`;
  const answers = await Promise.all([
    fetch(`${coordinator_url}/healthz`),
    fetch(`${coordinator_url}/status`, { headers: { authorization } }),
    s3.fetch(`${s3_endpoint}/${bucket}?list-type=2&max-keys=1`),
  ]);
  for (const answer of answers) {
    const body = await answer.text();
    if (!answer.ok) {
      throw new Error(`${answer.url}: ${answer.status} (expected: 200): ${body.slice(0, 300)}`);
    }
  }
}

/**
 * Starts the stack, says where it is, and keeps it up until `stopped`.
 *
 * @param {import('./options.mjs').Options} options
 * @param {string} folder database, objects and credentials
 * @param {Promise<string>} stopped
 */
async function run(options, folder, stopped) {
  const keys = credentials(folder);
  const stack = await miniflare(options, folder, keys);
  try {
    const coordinator_url = (await stack.ready).origin;
    await migrate(await stack.getD1Database('DB', COORDINATOR), deployment().migrations);
    const where = {
      coordinator_url,
      s3_endpoint: `${coordinator_url}${S3_PATH}`,
      bucket: options.bucket,
      access_key: keys.access_key,
      secret_key: keys.secret_key,
      region: REGION,
      tokens: keys.tokens,
    };
    await checkAnswers(where, keys);
    process.stdout.write(`${JSON.stringify(where)}\n`);
    process.stderr.write(`stack.stop reason=${await stopped}\n`);
  } finally {
    await stack.dispose();
  }
}

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return;
  }
  checkNode();
  await checkPortIsFree(options.port);
  const stopped = stopRequest();
  // Miniflare's own temporary files go in here too, so that removing it removes them all.
  const temporary = mkdtempSync(join(tmpdir(), 'syncmate-stack-'));
  process.env.TMPDIR = temporary;
  const folder = options.state ?? join(temporary, 'state');
  try {
    const giveBack = takeFolder(folder);
    try {
      await run(options, folder, stopped);
    } finally {
      giveBack();
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stack: ${message.trim().replace(/\s*\n\s*/g, ' | ')}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
