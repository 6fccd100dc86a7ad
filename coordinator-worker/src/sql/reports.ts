// SPDX-License-Identifier: Apache-2.0
import type { FilePage, FileStatus, TaskPage, TaskStatus } from '../generated/messages';
import type { AgentRow, FileState, TaskRef, TaskState } from '../domain/model';
import { slicePath, taskId } from '../domain/names';
import type { PageQuery } from '../domain/store';
import { shownFailures } from './failures';
import { rows, statement } from './statement';

/** What people look at. Bounded: /status reads under 100 rows, 20 of them jobs. */

const AGENT =
  'session_id, agent_version, directive, name, host, role, domain, leases, transferred_bytes, bytes_per_second, last_seen_at, expires_at, failing_tasks';
const AGENTS = `
SELECT * FROM (SELECT 1 AS open, ${AGENT} FROM sessions WHERE state = 'open' LIMIT 50)
UNION ALL
SELECT * FROM (SELECT 0 AS open, ${AGENT} FROM sessions
                WHERE state = 'expired' ORDER BY opened_at DESC LIMIT 10)
 WHERE last_seen_at >= ?1`;

interface StoredAgent {
  session_id: string;
  agent_version: string;
  directive: AgentRow['directive'];
  open: number;
  name: string;
  host: string;
  role: AgentRow['role'];
  domain: string;
  leases: number;
  transferred_bytes: number;
  bytes_per_second: number;
  last_seen_at: number;
  expires_at: number;
  failing_tasks: string;
}

export async function newestAgents(db: D1Database, seenSince: number): Promise<AgentRow[]> {
  const found = await rows<StoredAgent>(statement(db, AGENTS, [seenSince]));
  return found.map(agentRow);
}

const AGENT_PAGE = `
SELECT state = 'open' AS open, ${AGENT} FROM sessions
 WHERE session_id > ?1 AND (state = 'open' OR (state IN ('closing', 'expired') AND last_seen_at >= ?3))
 ORDER BY session_id LIMIT ?2`;

export async function agentPage(
  db: D1Database,
  query: { after: string | null; limit: number; seenSince: number },
): Promise<AgentRow[]> {
  const values = [query.after ?? '', query.limit, query.seenSince];
  return (await rows<StoredAgent>(statement(db, AGENT_PAGE, values))).map(agentRow);
}

function agentRow(row: StoredAgent): AgentRow {
  return {
    sessionId: row.session_id,
    agentVersion: row.agent_version,
    directive: row.directive,
    name: row.name,
    host: row.host,
    role: row.role,
    domain: row.domain,
    open: row.open === 1,
    leases: row.leases,
    transferredBytes: row.transferred_bytes,
    bytesPerSecond: row.bytes_per_second,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    failingTasks: (JSON.parse(row.failing_tasks) as string[]).length,
  };
}

/** The state is a literal in the statement, so that the partial indexes serve. */
const tasksPage = (state: TaskState | null) => `
SELECT t.file_id, t.slice_no, j.job_id, f.virtual_path, f.slices_total, t.state, t.lease_epoch,
       t.offset_bytes, t.length_bytes, t.attempts, t.sender, t.receiver, t.object_key, t.last_error,
       t.failures
  FROM tasks t CROSS JOIN files f ON f.file_id = t.file_id CROSS JOIN jobs j ON j.job_no = t.job_no
 WHERE (t.file_id, t.slice_no) > (?2, ?3) AND j.job_id = ?1
       ${state === null ? '' : `AND t.state = '${state}'`}
 ORDER BY t.file_id, t.slice_no LIMIT ?4`;

interface StoredTask extends Omit<TaskStatus, 'task_id' | 'file_id' | 'failures'> {
  file_id: number;
  slice_no: number;
  slices_total: number;
  failures: string;
}

export async function taskPage(
  db: D1Database,
  query: PageQuery<TaskState, TaskRef>,
): Promise<TaskPage> {
  const after = query.after ?? { fileId: -1, sliceNo: -1 };
  const values = [query.jobId, after.fileId, after.sliceNo, query.limit];
  const found = await rows<StoredTask>(statement(db, tasksPage(query.state), values));
  const tasks = found.map(({ slice_no, slices_total, ...row }): TaskStatus => {
    return {
      ...row,
      task_id: taskId({ fileId: row.file_id, sliceNo: slice_no }),
      file_id: String(row.file_id),
      virtual_path: slicePath(row.virtual_path, slices_total, slice_no),
      failures: shownFailures(row.failures),
    };
  });
  return { tasks, next: tasks.length === query.limit ? (tasks.at(-1)?.task_id ?? null) : null };
}

const filesPage = (state: FileState | null) => `
SELECT f.file_id, j.job_id, f.virtual_path, f.source_path, f.target_path, f.mode, f.state,
       f.size_bytes, f.last_error
  FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = ?1 AND f.file_id > ?2 ${state === null ? '' : `AND f.state = '${state}'`}
 ORDER BY f.file_id LIMIT ?3`;

type StoredFile = Omit<FileStatus, 'file_id'> & { file_id: number };

export async function filePage(
  db: D1Database,
  query: PageQuery<FileState, number>,
): Promise<FilePage> {
  const values = [query.jobId, query.after ?? -1, query.limit];
  const found = await rows<StoredFile>(statement(db, filesPage(query.state), values));
  const files = found.map((row) => ({ ...row, file_id: String(row.file_id) }));
  return { files, next: files.length === query.limit ? (files.at(-1)?.file_id ?? null) : null };
}
