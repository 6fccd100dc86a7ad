// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inLog, inReport, summary } from './skipped.mjs';

test('skips are found in logs, with their reasons', () => {
  const log = `ok: bash -n scripts/test
skipped: shellcheck is not installed
ok 3 - mounts # SKIP no FUSE
﹣ mounts too (0.1ms) # SKIP
# skipped 2
      Tests  936 passed | 2 skipped (938)
`;
  assert.deepEqual(inLog(log), [
    'shellcheck is not installed',
    'no FUSE',
    'no reason given',
    'by Vitest',
    'by Vitest',
  ]);
  assert.deepEqual(inLog('# skipped 0\n      Tests  938 passed (938)\n'), []);
});

test('skips are found in the reports of Maven, with their reasons', () => {
  const xml = `<testsuite tests="4" skipped="3">
  <testcase name="a"><skipped message="Assumption failed: no &quot;fusermount&quot;&#10;at x" type="T"/></testcase>
  <testcase name="b">
    <skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: 
Assumption failed: no node
	at dev.syncmate.X]]></skipped>
  </testcase>
  <testcase name="c"><skipped/></testcase>
  <testcase name="skipped"/>
</testsuite>`;
  assert.deepEqual(inReport(xml), ['no "fusermount"', 'no node', 'no reason given']);
});

test('the summary counts the reasons of each part', () => {
  assert.deepEqual(summary([['maven', []]]), ['skipped: 0']);
  assert.deepEqual(
    summary([
      ['hygiene', ['no shellcheck']],
      ['maven', ['no FUSE', 'no FUSE']],
    ]),
    ['skipped: 3', '  2  maven: no FUSE', '  1  hygiene: no shellcheck'],
  );
});
