// SPDX-License-Identifier: Apache-2.0
import type { FileStatus, JobStatus, TaskStatus } from '../generated/messages';
import type { AgentRow, FileState, TaskFacts, TaskRef, TaskState } from '../domain/model';
import type { Paged, PageOfJob, Reports } from '../domain/ports/reports';
import { jobNo, newestFirst } from './conditions';
import { shownFailures } from './failures';
import { jobStatus, type StoredJob } from './jobs';
import { rows } from './statement';
import { taskFacts } from './task-facts';
import { taskStatus, type StoredTaskStatus } from './task-status';

/** What people look at. Bounded: /status reads under 100 rows, 20 of them jobs. */

/** :after is the id of a job. */
const JOBS = `SELECT * FROM jobs ${newestFirst('job_no', jobNo(':after'))}`;

const AGENT =
  'session_id, agent_version, directive, name, host, role, domain, destination, leases, transferred_bytes, bytes_per_second, last_seen_at, expires_at, failing_tasks';

/** Needs :seenSince. */
const NEWEST_AGENTS = `
SELECT * FROM (SELECT 1 AS open, ${AGENT} FROM sessions WHERE state = 'open' LIMIT 50)
UNION ALL
SELECT * FROM (SELECT 0 AS open, ${AGENT} FROM sessions
                WHERE state = 'expired' ORDER BY opened_at DESC LIMIT 10)
 WHERE last_seen_at >= :seenSince`;

/** Needs :after, :limit, :seenSince. */
const AGENTS = `
SELECT state = 'open' AS open, ${AGENT} FROM sessions
 WHERE session_id > :after AND (state = 'open' OR (state IN ('closing', 'expired') AND last_seen_at >= :seenSince))
 ORDER BY session_id LIMIT :limit`;

/** The state is a literal in the statement, so that the partial indexes serve. */
const andState = (of: string, state: string | null) =>
  state === null ? '' : `AND ${of}.state = '${state}'`;

/** Needs :job, :file, :slice, :limit. */
const tasksIn = (state: TaskState | null) => `
SELECT t.file_id, t.slice_no, j.job_id, f.virtual_path, f.slices_total, t.state, t.lease_epoch,
       t.offset_bytes, t.length_bytes, t.attempts, t.sender, t.receiver, t.object_key, t.last_error,
       t.failures
  FROM tasks t CROSS JOIN files f ON f.file_id = t.file_id CROSS JOIN jobs j ON j.job_no = t.job_no
 WHERE (t.file_id, t.slice_no) > (:file, :slice) AND j.job_id = :job
       ${andState('t', state)}
 ORDER BY t.file_id, t.slice_no LIMIT :limit`;

/** Needs :job, :after, :limit. */
const filesIn = (state: FileState | null) => `
SELECT f.file_id, j.job_id, f.virtual_path, f.source_path, f.target_path, f.mode, f.state,
       f.size_bytes, f.last_error, f.failures
  FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = :job AND f.file_id > :after ${andState('f', state)}
 ORDER BY f.file_id LIMIT :limit`;

interface StoredAgent {
  session_id: string;
  agent_version: string;
  directive: AgentRow['directive'];
  open: number;
  name: string;
  host: string;
  role: AgentRow['role'];
  domain: string;
  destination: string | null;
  leases: number;
  transferred_bytes: number;
  bytes_per_second: number;
  last_seen_at: number;
  expires_at: number;
  failing_tasks: string;
}

type StoredFile = Omit<FileStatus, 'file_id' | 'failures'> & { file_id: number; failures: string };

/** Before all others. */
const BEGIN = -1;

export class D1Reports implements Reports {
  constructor(private readonly db: D1Database) {}

  async jobs({ after, limit }: Paged<string>): Promise<JobStatus[]> {
    return (await rows<StoredJob>(this.db, JOBS, { after, limit })).map(jobStatus);
  }

  async newestAgents(seenSince: number): Promise<AgentRow[]> {
    return (await rows<StoredAgent>(this.db, NEWEST_AGENTS, { seenSince })).map(agentRow);
  }

  async agents({
    after,
    limit,
    seenSince,
  }: Paged<string> & { readonly seenSince: number }): Promise<AgentRow[]> {
    const values = { after: after ?? '', limit, seenSince };
    return (await rows<StoredAgent>(this.db, AGENTS, values)).map(agentRow);
  }

  async tasks({
    jobId,
    state,
    after,
    limit,
  }: PageOfJob<TaskState, TaskRef>): Promise<TaskStatus[]> {
    const found = await rows<StoredTaskStatus>(this.db, tasksIn(state), {
      job: jobId,
      file: after?.fileId ?? BEGIN,
      slice: after?.sliceNo ?? BEGIN,
      limit,
    });
    return found.map(taskStatus);
  }

  async files({ jobId, state, after, limit }: PageOfJob<FileState, number>): Promise<FileStatus[]> {
    const values = { job: jobId, after: after ?? BEGIN, limit };
    const found = await rows<StoredFile>(this.db, filesIn(state), values);
    return found.map((row) => ({
      ...row,
      file_id: String(row.file_id),
      failures: shownFailures(row.failures),
    }));
  }

  taskFacts(ref: TaskRef): Promise<TaskFacts | null> {
    return taskFacts(this.db, ref);
  }
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
    destination: row.destination,
    open: row.open === 1,
    leases: row.leases,
    transferredBytes: row.transferred_bytes,
    bytesPerSecond: row.bytes_per_second,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    failingTasks: (JSON.parse(row.failing_tasks) as string[]).length,
  };
}
