#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Usage: skipped.mjs SINCE_MS LOG...: what a run of scripts/test left out, from the logs of its parts and from the
// reports that Maven's plugins wrote after SINCE_MS; how often each reason.
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORTS = ['shared-schema', 'agent'].flatMap((module) =>
  ['surefire', 'failsafe'].map((plugin) => join(ROOT, module, 'target', `${plugin}-reports`)),
);

/** Reasons in a part's log: its own lines, those of node's test runner, and Vitest's, which has none. */
export function inLog(log) {
  return log.split('\n').flatMap((line) => {
    const own = /^skipped: (.+)$/.exec(line) ?? /# SKIP ?(.*)$/.exec(line);
    if (own !== null) return [own[1] || 'no reason given'];
    const vitest = /^ *Tests .*\b(\d+) skipped/.exec(line);
    return vitest === null ? [] : Array(Number(vitest[1])).fill('by Vitest');
  });
}

/** Reasons in a report of Surefire or Failsafe: an attribute, or the first line of an exception. */
export function inReport(xml) {
  return [...xml.matchAll(/<skipped([^>]*)>(?:<!\[CDATA\[[\w.]+:\s*(.*))?/g)].map(
    ([, attributes, thrown]) =>
      plain(/ message="([^"]*)"/.exec(attributes)?.[1] ?? thrown ?? 'no reason given'),
  );
}

function plain(message) {
  return message
    .replace(/&#10;[^]*/, '')
    .replace(/^(Assumption failed|skipped): /, '')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** The lines to print: how many in all, then each reason with its part, the most frequent first. */
export function summary(byPart) {
  const counts = new Map();
  for (const [part, reasons] of byPart) {
    for (const reason of reasons) {
      const line = `${part}: ${reason}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return [`skipped: ${all}`, ...rows.map(([line, count]) => `  ${count}  ${line}`)];
}

function reportsSince(ms) {
  return REPORTS.flatMap((folder) => {
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return []; // Nothing was tested there yet.
    }
  }).filter((file) => /TEST-[^/]*\.xml$/.test(file) && statSync(file).mtimeMs >= ms);
}

function main([since, ...logs]) {
  const byPart = logs.map((log) => [basename(log, '.log'), inLog(readFileSync(log, 'utf8'))]);
  const tests = reportsSince(Number(since)).flatMap((file) => inReport(readFileSync(file, 'utf8')));
  console.log(summary([...byPart, ['maven', tests]]).join('\n'));
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url))
  main(process.argv.slice(2));
