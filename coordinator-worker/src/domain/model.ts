// SPDX-License-Identifier: Apache-2.0
import type { AgentDirective, FileStatus, JobStatus, TaskStatus } from '../generated/messages';

/** States and rows of the coordinator, as the domain sees them. Sizes in bytes. */

export type TaskState = TaskStatus['state'];
export type FileState = FileStatus['state'];
export type LeasedState = 'uploading' | 'downloading';

export const TASK_STATES = [
  'pending',
  'uploading',
  'uploaded',
  'downloading',
  'downloaded',
  'failed',
] as const satisfies readonly TaskState[];

export const FILE_STATES = [
  'unresolved',
  'transferring',
  'placing',
  'done',
  'failed',
] as const satisfies readonly FileState[];

export interface TaskRef {
  readonly fileId: number;
  readonly sliceNo: number;
}

/** Stands for the slice where a lease is on the whole file. */
export const WHOLE_FILE = -1;

/** A lease whose session is gone: nobody will ever report or free it. */
export interface LostLease extends TaskRef {
  readonly sessionId: string;
  readonly epoch: number;
}

/** What an object's key says. */
export interface ObjectName extends TaskRef {
  readonly key: string;
  readonly epoch: number;
}

/** How often a task, or placing a file, failed on a host, and until when it is left to others there. */
export interface HostFailure {
  readonly attempts: number;
  readonly until: number;
  readonly error: string;
}

/** By host. */
export type HostFailures = Readonly<Record<string, HostFailure>>;

/** A task that was handed out at least once. */
export interface TaskRow extends TaskRef {
  readonly state: TaskState;
  readonly lengthBytes: number;
  readonly leaseSession: string | null;
  readonly leaseEpoch: number;
  readonly uploadEpoch: number;
  readonly objectKey: string | null;
  readonly sha256: string | null;
  /** What the SHA-256 must be, of a task that repairs a slice. */
  readonly repairSha256: string | null;
  readonly attempts: number;
  readonly failures: HostFailures;
  /** The attempt that the task was stolen from; its key is null when it has ended. */
  readonly rival: Attempt | null;
}

/** One of a task's attempts. The holder's is alive while the task is leased and its key is there. */
export interface Attempt {
  readonly session: string;
  readonly epoch: number;
  readonly objectKey: string | null;
}

/** A task that a session holds by the lease of that epoch. */
export interface HeldTask {
  readonly row: TaskRow;
  readonly epoch: number;
}

/** A file that a session holds, to resolve or place it. */
export interface HeldFile {
  readonly fileId: number;
  readonly leaseEpoch: number;
}

/** Tasks by task id, and the files of all that were asked for, by file id. */
export interface TaskLookup {
  readonly tasks: ReadonlyMap<string, TaskRow>;
  readonly files: ReadonlyMap<
    number,
    {
      readonly slicesTotal: number;
      readonly epochFloor: number;
      readonly sourceStamp: string | null;
    }
  >;
}

export interface FileRow {
  readonly fileId: number;
  readonly state: FileState;
  readonly sizeBytes: number;
  readonly targetSizeBytes: number | null;
  readonly mode: FileStatus['mode'];
  readonly plannedPath: string;
  readonly slicesTotal: number;
  readonly epochFloor: number;
  readonly restarts: number;
  readonly leaseSession: string | null;
  readonly leaseEpoch: number;
  readonly sliceSizeBytes: number;
  readonly lastError: string | null;
  /** Of placing. */
  readonly attempts: number;
  readonly failures: HostFailures;
  /** Its slices are to be read once more before it is placed. */
  readonly unproved: boolean;
}

/** A lease ends: the task moves from a leased state to another one. */
export interface TaskTransition extends TaskRef {
  readonly epoch: number;
  readonly from: LeasedState;
  readonly to: TaskState;
  /** The object may be deleted from this time on; null: it stays. */
  readonly garbageAt: number | null;
  readonly sha256: string | null;
  /** Of the source; absent: nothing new of it. */
  readonly sourceMetadata?: string | null;
  /** What the source was when the slice was read; null: nobody says. */
  readonly sourceStamp: string | null;
  readonly attempts: number;
  readonly notBefore: number;
  /** What is new of them; null: nothing. */
  readonly failures: HostFailures | null;
  /** null: keep the former one. */
  readonly error: string | null;
  /** The session's host can't reach the file: it isn't offered there until then. */
  readonly refusedUntil: number | null;
  /** Nobody knows whether its object is written: it may still come. */
  readonly mayComeLate: boolean;
  /** Whether the session may repeat its call and be told that it is done. */
  readonly byHolder: boolean;
}

/** What a lease on a file (resolving, placing) came to. */
export type FileTransition = { readonly fileId: number; readonly epoch: number } & (
  | {
      readonly kind: 'resolved';
      readonly mode: 'full' | 'append';
      readonly virtualPath: string;
      readonly offsetBytes: number;
      readonly transferBytes: number;
      readonly slicesTotal: number;
    }
  | { readonly kind: 'unreachable'; readonly until: number; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'placed'; readonly targetPath: string | null }
  | {
      readonly kind: 'retry';
      readonly attempts: number;
      readonly failures: HostFailures;
      readonly error: string;
    }
  | { readonly kind: 'proved' }
  | { readonly kind: 'restart'; readonly error: string }
  | { readonly kind: 'released' }
);

/** An agent's session. */
export interface SessionRow {
  readonly sessionId: string;
  readonly state: 'open' | 'closing' | 'expired' | 'ended';
  readonly name: string;
  readonly host: string;
  readonly role: 'send' | 'recv' | 'both';
  readonly domain: string;
  /** Of a receiver; null: it only sends. */
  readonly destination: string | null;
  /** Ids in the folders where its files go, and where they lie while they are received; null: none. */
  readonly targetFolderId: string | null;
  readonly cacheFolderId: string | null;
  readonly agentVersion: string;
  readonly expiresAt: number;
  readonly directive: AgentDirective['directive'];
  /** What it said when it took last. */
  readonly zones: readonly string[];
  readonly dearZones: readonly string[];
  readonly shortOfSpace: boolean;
  /** Different tasks that failed since the last success, as far as they are counted. */
  readonly failingTasks: number;
  /** If they are many: when it may try one again. */
  readonly probeAt: number;
}

/** An agent as people look at it. */
export interface AgentRow {
  readonly sessionId: string;
  readonly agentVersion: string;
  readonly directive: AgentDirective['directive'];
  readonly name: string;
  readonly host: string;
  readonly role: 'send' | 'recv' | 'both';
  readonly domain: string;
  readonly destination: string | null;
  readonly open: boolean;
  readonly leases: number;
  readonly transferredBytes: number;
  readonly bytesPerSecond: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly failingTasks: number;
}

/** Who claimed a job: the destination, and which folder its domain had then. */
export interface Claim {
  readonly destination: string;
  readonly domain: string;
  /** null: the folder has no id. */
  readonly folderId: string | null;
}

/** What decides about a task. */
export interface TaskFacts {
  readonly task: TaskStatus;
  readonly notBefore: number;
  readonly failures: HostFailures;
  readonly leaseSession: string | null;
  readonly fileState: FileState;
  readonly fileError: string | null;
  /** Of placing it. */
  readonly fileFailures: HostFailures;
  /** Staged, and to be read once more at its source. */
  readonly unproved: boolean;
  readonly zone: string;
  readonly domain: string;
  /** Hosts that can't reach the file, each with the time until which it isn't offered to them. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of a staged file that its publish group holds back. */
  readonly heldBy: HoldingGroup | null;
  /** Whose its job is; null: nobody has said so. */
  readonly claim: Claim | null;
  readonly control: JobStatus['control'];
  readonly windowBytes: number;
  readonly windowUsedBytes: number;
}

export interface HoldingGroup {
  readonly group: string;
  readonly sealed: boolean;
  /** Files that must be staged or placed before. */
  readonly files: number;
  readonly first: { readonly path: string; readonly state: FileState } | null;
}
