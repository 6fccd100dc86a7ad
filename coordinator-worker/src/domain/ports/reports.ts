// SPDX-License-Identifier: Apache-2.0
import type { FileStatus, JobStatus, TaskStatus } from '../../generated/messages';
import type { AgentRow, FileState, TaskFacts, TaskRef, TaskState } from '../model';

/** What people look at. */
export interface Reports {
  /** Newest first. */
  jobs(query: Paged<string>): Promise<readonly JobStatus[]>;
  /** Those that are open, and the last that expired; a few of each. */
  newestAgents(seenSince: number): Promise<readonly AgentRow[]>;
  agents(query: Paged<string> & { readonly seenSince: number }): Promise<readonly AgentRow[]>;
  tasks(query: PageOfJob<TaskState, TaskRef>): Promise<readonly TaskStatus[]>;
  files(query: PageOfJob<FileState, number>): Promise<readonly FileStatus[]>;
  /** What decides about a task, or null where there is none of that id. */
  taskFacts(ref: TaskRef): Promise<TaskFacts | null>;
}

export interface Paged<After> {
  readonly after: After | null;
  readonly limit: number;
}

export interface PageOfJob<State, After> extends Paged<After> {
  readonly jobId: string;
  readonly state: State | null;
}
