#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Usage: who-moved.mjs DIR: for a demo's folder, which agents moved the tasks of its job, in all and
// of the file with most slices.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { coordinator_url: url, tokens } = JSON.parse(
  readFileSync(join(process.argv[2], 'stack.json'), 'utf8'),
);

async function get(path) {
  const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${tokens.read}` } });
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function allTasks(jobId) {
  const all = [];
  for (;;) {
    const after = all.length === 0 ? '' : `&after=${all.at(-1).task_id}`;
    const { tasks } = await get(`/v1/tasks?job_id=${jobId}${after}`);
    if (tasks.length === 0) return all;
    all.push(...tasks);
  }
}

/** "da1 12, da2 9": who is how often named by this key. */
function shares(tasks, key) {
  const counts = {};
  for (const task of tasks) counts[task[key]] = (counts[task[key]] ?? 0) + 1;
  return Object.entries(counts)
    .sort()
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

const { jobs } = await get('/status');
const tasks = await allTasks(jobs[0].job_id);
console.log(`    tasks sent:      ${shares(tasks, 'sender')}`);
console.log(`    tasks received:  ${shares(tasks, 'receiver')}`);
const byFile = new Map();
for (const task of tasks) byFile.set(task.file_id, [...(byFile.get(task.file_id) ?? []), task]);
const largest = [...byFile.values()].sort((a, b) => b.length - a.length)[0];
const name = largest[0].virtual_path.replace(/\.slice\.\d+$/, '');
console.log(
  `    of ${name}, in ${largest.length} slices: sent ${shares(largest, 'sender')}; received ${shares(largest, 'receiver')}`,
);
