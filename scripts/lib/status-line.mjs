#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Usage: curl .../status | status-line.mjs [--moved]: one line for people; with --moved the number of
// tasks and bytes that are verified at the destination, for scripts.
import { readFileSync } from 'node:fs';

const STATES = ['pending', 'uploading', 'uploaded', 'downloading', 'downloaded', 'failed'];

const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);

function progress({ tasks, files, ...rates }) {
  const counts = STATES.map((state) => `${state} ${tasks[state].count}`).join(', ');
  const allFiles = Object.values(files).reduce((sum, tally) => sum + tally.count, 0);
  const up = mib(rates.uploaded_bytes_per_second);
  const down = mib(rates.downloaded_bytes_per_second);
  const eta = rates.eta_seconds === null ? '?' : `${rates.eta_seconds} s`;
  return [
    `tasks: ${counts} | files: ${files.done.count}/${allFiles} done`,
    `verified ${mib(tasks.downloaded.bytes)} MiB`,
    `up ${up}, down ${down} MiB/s, ETA ${eta}`,
  ].join(' | ');
}

const moved = ({ tasks }) => `${tasks.downloaded.count} ${tasks.downloaded.bytes}`;

const view = process.argv[2] === '--moved' ? moved : progress;
console.log(view(JSON.parse(readFileSync(0, 'utf8'))));
