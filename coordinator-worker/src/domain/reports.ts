// SPDX-License-Identifier: Apache-2.0
import type { AgentPage, FilePage, JobPage, TaskPage } from '../generated/messages';
import type { FileState, TaskRef, TaskState } from './model';
import { nextAfter } from './pages';
import type { Needs } from './ports/ports';
import type { PageOfJob } from './ports/reports';
import { EXPIRED_SHOWN_MS } from './settings';
import { agentStatus } from './status';

/** Lists that people look at, page by page. */

/** Of jobs and agents, of which there are few. */
const PAGE = 100;
const LONG_PAGE = 500;

export async function jobPage(
  { reports }: Needs<'reports'>,
  after: string | null,
): Promise<JobPage> {
  const jobs = [...(await reports.jobs({ after, limit: PAGE }))];
  return { jobs, next: nextAfter(jobs, PAGE, ({ job_id }) => job_id) };
}

export async function agentPage(
  { reports }: Needs<'reports'>,
  after: string | null,
  now: number,
): Promise<AgentPage> {
  const seenSince = now - EXPIRED_SHOWN_MS;
  const rows = await reports.agents({ after, limit: PAGE, seenSince });
  return {
    agents: rows.map((row) => agentStatus(row, now)),
    next: nextAfter(rows, PAGE, ({ sessionId }) => sessionId),
  };
}

export async function taskPage(
  { reports }: Needs<'reports'>,
  query: Omit<PageOfJob<TaskState, TaskRef>, 'limit'>,
): Promise<TaskPage> {
  const tasks = [...(await reports.tasks({ ...query, limit: LONG_PAGE }))];
  return { tasks, next: nextAfter(tasks, LONG_PAGE, ({ task_id }) => task_id) };
}

export async function filePage(
  { reports }: Needs<'reports'>,
  query: Omit<PageOfJob<FileState, number>, 'limit'>,
): Promise<FilePage> {
  const files = [...(await reports.files({ ...query, limit: LONG_PAGE }))];
  return { files, next: nextAfter(files, LONG_PAGE, ({ file_id }) => file_id) };
}
