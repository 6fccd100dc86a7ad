// SPDX-License-Identifier: Apache-2.0
import type {
  AuditEntry,
  FilePage,
  GarbageReply,
  HeartbeatReply,
  JobStatus,
  JobSubmission,
  Lease,
  PlacingFile,
  PlannedFile,
  ResolvingFile,
  TaskPage,
  TokenStatus,
  TokenSubmission,
  Wait,
} from '../generated/messages';
import type {
  AgentRow,
  FileRow,
  FileState,
  FileTransition,
  HeldTask,
  LiveAgent,
  LostLease,
  ObjectName,
  SessionRow,
  SweepTake,
  TaskFacts,
  TaskLookup,
  TaskRef,
  TaskState,
  TaskTransition,
} from './model';
import type { PlannedRow } from './plan';

/** The port to the database. Each method that writes is one transaction and may be repeated. */
export interface Store {
  /** Opens the session unless its id is known; returns what is there then. */
  openSession(session: NewSession): Promise<SessionRow>;
  session(sessionId: string): Promise<SessionRow | null>;
  /** Renews an open session and says what it is to do; null where it is none, or has expired. */
  renewSession(renewal: Renewal): Promise<SessionRow['directive'] | null>;
  noteTake(
    sessionId: string,
    found: Pick<SessionRow, 'zones' | 'dearZones' | 'shortOfSpace'>,
  ): Promise<void>;
  /** A session on which everything fails got a task, and the next one not before that time. */
  noteProbe(sessionId: string, nextAt: number): Promise<void>;
  /** Zones that other live senders reach cheaply. */
  servedByOthers(sessionId: string, now: number): Promise<ReadonlySet<string>>;
  /** Starts the end of a session: from now on it can take nothing. False where it isn't open. */
  closeSession(sessionId: string): Promise<boolean>;
  /** Closes every session that has expired; returns all whose leases are still to be taken back. */
  closingSessions(now: number): Promise<readonly ClosingSession[]>;
  /** What the session still holds. */
  leasesOf(sessionId: string): Promise<HeldByTakes>;
  /** Tasks that it still holds by takes of that time or before. */
  tasksTakenBy(sessionId: string, takenBefore: number): Promise<readonly HeldTask[]>;
  /** Forgets the takes of a closing session, whose leases have all been taken back. */
  buryClosing(sessionId: string, state: 'expired' | 'ended'): Promise<void>;
  forgetSessions(lastSeenBefore: number): Promise<void>;
  /** Zones of active work. */
  zones(): Promise<HeartbeatReply['zones']>;

  submitJob(job: JobSubmission, now: number): Promise<JobStatus>;
  job(jobId: string): Promise<JobStatus | null>;
  /** Adds files that aren't there yet while the job is open; returns those of these paths after that. */
  addFiles(jobId: string, rows: readonly PlannedRow[]): Promise<ReadonlyMap<string, PlannedFile>>;
  sealJob(jobId: string, fileCount: number): Promise<JobStatus | null>;

  /** Whether this request was answered before. */
  wasTaken(take: TakeKey): Promise<boolean>;
  takeSend(take: SendTake): Promise<readonly Lease[]>;
  /** A second attempt at tasks of live agents that are slow. */
  steal(take: Steal): Promise<readonly Lease[]>;
  /** Bytes a second of a live sender; null while none has moved anything. */
  averageSendRate(now: number): Promise<number | null>;
  takeRecv(take: RecvTake): Promise<readonly Lease[]>;
  /** Leases of a former take that are still held. */
  leasesAgain(take: TakeKey): Promise<readonly Lease[]>;
  whyNoSend(take: SendTake): Promise<Wait['reason']>;
  whyNoRecv(take: RecvTake): Promise<Wait['reason']>;
  takeResolving(take: ResolvingTake): Promise<readonly ResolvingFile[]>;
  takePlacing(take: FileTake): Promise<readonly PlacingFile[]>;

  tasks(refs: readonly TaskRef[]): Promise<TaskLookup>;
  /** Ids of those of these tasks that a live host other than this one may take and has not failed at. */
  untriedElsewhere(
    refs: readonly TaskRef[],
    host: string,
    now: number,
  ): Promise<ReadonlySet<string>>;
  /** Ends leases; returns the tasks of `refs` after that. */
  moveTasks(
    sessionId: string,
    transitions: readonly TaskTransition[],
    after: { refs: readonly TaskRef[]; now: number; laterAt: number },
  ): Promise<TaskLookup>;
  files(ids: readonly number[]): Promise<ReadonlyMap<number, FileRow>>;
  /** Ends leases on files; returns the files of `ids` after that. */
  moveFiles(
    sessionId: string,
    transitions: readonly FileTransition[],
    after: { ids: readonly number[]; now: number; laterAt: number },
  ): Promise<ReadonlyMap<number, FileRow>>;
  /** Restarts some files tied to domains of which no session was seen since; returns how many. */
  restartStranded(times: { seenSince: number; now: number; laterAt: number }): Promise<number>;

  takeGarbage(take: GarbageTaking): Promise<GarbageReply['object_keys']>;
  /** Returns the bytes given back to the windows. */
  confirmGarbage(sessionId: string, keys: readonly string[], now: number): Promise<number>;

  /** A job that is due to be looked through, and is not any more. */
  takeSweep(take: SweepTake): Promise<string | null>;
  /** Makes garbage of objects that no row of the job names or will name; returns those of them that are such garbage. */
  discardUnknown(jobId: string, objects: readonly ObjectName[]): Promise<string[]>;

  /** Does nothing to a job that is cancelled or over. */
  controlJob(jobId: string, wanted: JobStatus['control']): Promise<void>;
  /** Fails the next files of a cancelled job; returns where to go on, null at the end. */
  cancelFiles(
    jobId: string,
    part: { after: string; limit: number; now: number; laterAt: number },
  ): Promise<string | null>;
  failedFiles(jobId: string, limit: number): Promise<readonly number[]>;
  /** Failed ones of these files of the job go on from where they were. */
  reviveFiles(jobId: string, ids: readonly number[]): Promise<void>;
  /** Returns how many open sessions of that name are told so now. */
  directSessions(order: {
    name: string;
    directive: SessionRow['directive'];
    now: number;
  }): Promise<number>;

  /** Revoked or not. */
  token(sha256: string): Promise<TokenStatus | null>;
  /** Adds the token unless it is there; returns what is there then. */
  addToken(token: TokenSubmission & { now: number }): Promise<TokenStatus>;
  revokeToken(tokenId: number, now: number): Promise<TokenStatus | null>;
  /** Newest first. */
  tokenPage(query: { after: number | null; limit: number }): Promise<readonly TokenStatus[]>;

  /** A store like this one that records the call of an operator that it is used for. */
  audit(record: AuditRecord): Audit;
  /** Newest first. */
  auditPage(query: { after: number | null; limit: number }): Promise<readonly AuditEntry[]>;

  /** Jobs whose totals matter, newest first, from that one on. */
  jobsToCount(query: { from: string | null; limit: number }): Promise<readonly string[]>;
  /** A job whose recount is under way, or one that matters and whose last began at that time or before. */
  jobDueForRecount(startedBefore: number): Promise<string | null>;
  /** Begins a recount, or goes on with one that is under way. */
  beginRecount(jobId: string, now: number): Promise<void>;
  /** Counts the next files and their tasks; repairs counters of files. */
  recountPart(jobId: string, most: { files: number; tasks: number }): Promise<RecountPart>;
  /** Makes the totals what was counted; null while there are files that were not. */
  finishRecount(jobId: string, now: number): Promise<JobRecount | null>;
  /** Makes every staged file held, let go or failed as its publish group says; returns how many were not. */
  settleJob(jobId: string): Promise<number>;
  /** What the job's last recount found, for people to look at. */
  keepReport(report: JobReport): Promise<void>;
  /** What the last recounts of the newest jobs found. */
  recountReports(): Promise<readonly JobReport[]>;

  jobs(): Promise<readonly JobStatus[]>;
  jobPage(query: { after: string | null; limit: number }): Promise<readonly JobStatus[]>;
  agentPage(query: {
    after: string | null;
    limit: number;
    seenSince: number;
  }): Promise<readonly AgentRow[]>;
  /** What decides about a task, or null where there is none of that id. */
  taskFacts(ref: TaskRef): Promise<TaskFacts | null>;
  liveAgents(now: number): Promise<readonly LiveAgent[]>;
  agents(seenSince: number): Promise<readonly AgentRow[]>;
  taskPage(query: PageQuery<TaskState, TaskRef>): Promise<TaskPage>;
  filePage(query: PageQuery<FileState, number>): Promise<FilePage>;
}

export interface NewSession {
  readonly sessionId: string;
  readonly name: string;
  readonly host: string;
  readonly role: SessionRow['role'];
  readonly domain: string;
  readonly agentVersion: string;
  readonly now: number;
  readonly expiresAt: number;
}

export interface Renewal {
  readonly sessionId: string;
  readonly now: number;
  readonly expiresAt: number;
  readonly transferredBytes: number;
  readonly bytesPerSecond: number;
  readonly leases: number;
}

export interface ClosingSession {
  readonly sessionId: string;
  /** Whether it ran out, so that its writers may still be at work. */
  readonly expired: boolean;
}

/** Leases found by a session's takes. */
export interface HeldByTakes {
  readonly tasks: readonly HeldTask[];
  readonly files: readonly { readonly fileId: number; readonly leaseEpoch: number }[];
}

export interface TakeKey {
  readonly sessionId: string;
  readonly requestId: string;
  readonly kind: 'send' | 'recv' | 'resolve' | 'place';
}

interface Taking extends TakeKey {
  readonly session: SessionRow;
  readonly now: number;
}

export interface SendTake extends Taking {
  readonly maxTasks: number;
  readonly maxBytes: number;
  /** Whether it shall tell if the host is well: tasks that failed nowhere come first. */
  readonly probe: boolean;
  readonly zones: readonly string[];
}

export interface Steal extends SendTake {
  /** Younger leases are left alone. */
  readonly leastAgeMs: number;
  readonly averageBytesPerMs: number;
  /** Stolen is what is older than this many times an average agent's time for all that its holder holds. */
  readonly factor: number;
}

export interface RecvTake extends Taking {
  readonly maxTasks: number;
  readonly maxBytes: number;
  readonly freeBytes: number | null;
}

export interface FileTake extends Taking {
  readonly maxFiles: number;
}

export interface ResolvingTake extends FileTake {
  readonly zones: readonly string[];
  /** A check that was taken at that time or before and not reported is offered again. */
  readonly forgottenBefore: number;
}

export interface RecountPart {
  /** Whether there was anything to count. */
  readonly more: boolean;
  readonly lost: readonly LostLease[];
}

/** A line each. */
export interface JobRecount {
  readonly repaired: readonly string[];
  readonly problems: readonly string[];
}

export interface JobReport extends JobRecount {
  readonly jobId: string;
}

export interface GarbageTaking {
  readonly sessionId: string;
  readonly maxObjects: number;
  readonly now: number;
  readonly until: number;
}

export interface PageQuery<State, After> {
  readonly jobId: string;
  readonly state: State | null;
  readonly after: After | null;
  readonly limit: number;
}

export interface AuditRecord {
  readonly at: number;
  readonly tokenName: string;
  readonly tokenRole: AuditEntry['token_role'];
  readonly call: AuditEntry['call'];
  readonly subject: string;
  readonly requestId: string;
}

/** A call that is being recorded. */
export interface Audit {
  /** The row is written in the first transaction of this store. */
  readonly store: Store;
  /** Ends it: the row, wherever it was written, says this status. */
  answered(status: number): Promise<void>;
}
