// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { JobStatus, Tally } from '../../src/generated/messages';
import { etaSeconds, sizeText, statusText } from '../../src/domain/status';
import { backoffMs } from '../../src/domain/failures';

const none: Tally = { count: 0, bytes: 0 };

function job(tasks: Partial<JobStatus['tasks']>, state: JobStatus['state'] = 'active'): JobStatus {
  return {
    job_id: '0123456789abcdef',
    state,
    control: 'run',
    destination: 'the-copy',
    slice_size_bytes: 1,
    window_bytes: 1,
    window_used_bytes: 0,
    tasks: {
      pending: none,
      uploading: none,
      uploaded: none,
      downloading: none,
      downloaded: none,
      failed: none,
      ...tasks,
    },
    files: { unresolved: none, transferring: none, placing: none, done: none, failed: none },
  };
}

const tally = (bytes: number): Tally => ({ count: 1, bytes });

describe('the time to the end', () => {
  test('is that of the slower direction', () => {
    const jobs = [job({ pending: tally(100), uploaded: tally(50) })];
    expect(etaSeconds(jobs, { uploadRate: 10, downloadRate: 100 })).toBe(10);
    expect(etaSeconds(jobs, { uploadRate: 100, downloadRate: 10 })).toBe(15);
  });

  test('needs no sender when everything is uploaded', () => {
    const jobs = [job({ uploaded: tally(50), downloading: tally(1) })];
    expect(etaSeconds(jobs, { uploadRate: 0, downloadRate: 10 })).toBe(6);
  });

  test('is unknown while nobody moves what is left, and 0 when nothing is', () => {
    const jobs = [job({ pending: tally(1) })];
    expect(etaSeconds(jobs, { uploadRate: 1, downloadRate: 0 })).toBeNull();
    expect(etaSeconds(jobs, { uploadRate: 0, downloadRate: 1 })).toBeNull();
    expect(etaSeconds([job({ failed: tally(9) })], { uploadRate: 0, downloadRate: 0 })).toBe(0);
    const done = [job({ pending: tally(1) }, 'done')];
    expect(etaSeconds(done, { uploadRate: 0, downloadRate: 0 })).toBe(0);
  });
});

test('the text names live jobs whose destination nobody has said', () => {
  const jobs = (['active', 'done'] as const).map((state) => ({
    ...job({}, state),
    destination: null,
  }));
  const { tasks, files } = job({});
  const text = statusText({
    jobs: [...jobs, job({})],
    tasks,
    files,
    uploaded_bytes_per_second: 0,
    downloaded_bytes_per_second: 0,
    eta_seconds: null,
    agents: [],
  });
  expect(text.split('\n').slice(7)).toEqual([
    'Job 0123456789abcdef: no destination yet; waits for recv with its two profiles there',
    '',
  ]);
});

test('the table has the seed\u2019s columns and rows', () => {
  const { tasks, files } = job({ pending: { count: 12, bytes: 3 * 1024 ** 3 } });
  const text = statusText({
    jobs: [],
    tasks,
    files,
    uploaded_bytes_per_second: 0,
    downloaded_bytes_per_second: 0,
    eta_seconds: null,
    agents: [],
  });
  expect(text).toBe(`Status       Count  Total Size
Pending         12    3.00 GiB
Uploading        0         0 B
Uploaded         0         0 B
Downloading      0         0 B
Downloaded       0         0 B
Failed           0         0 B
`);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.00 KiB'],
  [1536 * 1024, '1.50 MiB'],
  [Number.MAX_SAFE_INTEGER, '8.00 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test('a back-off doubles up to five minutes', () => {
  expect([1, 2, 3, 7, 50].map((attempts) => backoffMs(attempts, 5000))).toEqual([
    5000, 10_000, 20_000, 300_000, 300_000,
  ]);
});
