// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const STACK = fileURLToPath(new URL('../../coordinator-worker/local/stack.mjs', import.meta.url));

/** The local stack for the time of `work`, which gets its ready line. */
export async function withStack(flags, work) {
  const stack = spawn('node', [STACK, ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  stack.stderr.on('data', (text) => {
    stderr = `${stderr}${text}`.slice(-4000);
  });
  const ended = once(stack, 'exit');
  try {
    const line = await Promise.race([
      once(createInterface(stack.stdout), 'line').then(([first]) => first),
      ended.then(() => {
        throw new Error(`local stack: ended before it was ready: ${stderr.trim()}`);
      }),
    ]);
    return await work(JSON.parse(line));
  } finally {
    // It ends when its stdin closes, and removes what is temporary.
    stack.stdin.end();
    await ended;
  }
}
