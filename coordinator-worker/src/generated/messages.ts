// SPDX-License-Identifier: Apache-2.0
// Generated from shared-schema/schemas by `npm run generate`. Change the schemas, not this file.

/**
 * Every message by its name.
 */
export interface Messages {
  AgentDirective: AgentDirective;
  AgentPage: AgentPage;
  AgentRegistration: AgentRegistration;
  AgentSession: AgentSession;
  AgentStatus: AgentStatus;
  AuditEntry: AuditEntry;
  AuditPage: AuditPage;
  BatchReply: BatchReply;
  CompleteBatch: CompleteBatch;
  CompletedTask: CompletedTask;
  DirectiveReply: DirectiveReply;
  FailBatch: FailBatch;
  FailedTask: FailedTask;
  FileBatch: FileBatch;
  FilePage: FilePage;
  FileStatus: FileStatus;
  GarbageConfirmed: GarbageConfirmed;
  GarbageDeleted: GarbageDeleted;
  GarbageReply: GarbageReply;
  GarbageTake: GarbageTake;
  Health: Health;
  HeartbeatReply: HeartbeatReply;
  Heartbeat: Heartbeat;
  HeldFile: HeldFile;
  HeldLease: HeldLease;
  HostFailure: HostFailure;
  ItemResult: ItemResult;
  JobPage: JobPage;
  JobSeal: JobSeal;
  JobStatus: JobStatus;
  JobSubmission: JobSubmission;
  LeaseReply: LeaseReply;
  LeaseRequest: LeaseRequest;
  Lease: Lease;
  ListedBatch: ListedBatch;
  ListedObject: ListedObject;
  ManifestPage: ManifestPage;
  ManifestPart: ManifestPart;
  PlacedBatch: PlacedBatch;
  PlacedItem: PlacedItem;
  PlacingFile: PlacingFile;
  PlacingReply: PlacingReply;
  PlannedFile: PlannedFile;
  Problem: Problem;
  ProvedBatch: ProvedBatch;
  ProvedItem: ProvedItem;
  ProvingFile: ProvingFile;
  ProvingReply: ProvingReply;
  ReadSlice: ReadSlice;
  RecountReport: RecountReport;
  ReleaseBatch: ReleaseBatch;
  ResolvedBatch: ResolvedBatch;
  ResolvedItem: ResolvedItem;
  ResolvingFile: ResolvingFile;
  ResolvingReply: ResolvingReply;
  RetryRequest: RetryRequest;
  SessionEnd: SessionEnd;
  SliceDigest: SliceDigest;
  SlicePage: SlicePage;
  SlicesRequest: SlicesRequest;
  Status: Status;
  SweepReply: SweepReply;
  Sweep: Sweep;
  TakePlacing: TakePlacing;
  TakeResolving: TakeResolving;
  TakeSweep: TakeSweep;
  Tally: Tally;
  TaskExplanation: TaskExplanation;
  TaskLine: TaskLine;
  TaskPage: TaskPage;
  TaskStatus: TaskStatus;
  TokenPage: TokenPage;
  TokenStatus: TokenStatus;
  TokenSubmission: TokenSubmission;
  Wait: Wait;
  Zone: Zone;
}
/**
 * Tells the agents of a name what to do; they learn it by their next heartbeat.
 */
export interface AgentDirective {
  /**
   * Name, free text without control characters.
   */
  name: string;
  /**
   * work: go on. pause: take nothing new. drain: finish and leave.
   */
  directive: 'work' | 'pause' | 'drain';
}
/**
 * Agents that are live or went away without a word, by session id.
 */
export interface AgentPage {
  /**
   * Agents.
   *
   * @maxItems 100
   */
  agents: AgentStatus[];
  /**
   * `after` of the next page, null: this is the last.
   */
  next: string | null;
}
/**
 * An agent as the coordinator sees it.
 */
export interface AgentStatus {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Name, free text without control characters.
   */
  name: string;
  /**
   * Name, free text without control characters.
   */
  host: string;
  /**
   * What the agent does.
   */
  role: 'send' | 'recv' | 'both';
  /**
   * Name, free text without control characters.
   */
  domain: string;
  /**
   * Destination that it receives for; null: it only sends.
   */
  destination: string | null;
  /**
   * live, or expired and not seen since.
   */
  state: 'live' | 'expired';
  /**
   * Tasks held, as of its last heartbeat: those that ended since are among them.
   */
  leases: number;
  /**
   * Bytes moved in its session.
   */
  transferred_bytes: number;
  /**
   * Bytes a second, lately.
   */
  bytes_per_second: number;
  /**
   * Milliseconds since the last heartbeat.
   */
  last_seen_ms: number;
  /**
   * Version of the agent.
   */
  agent_version: string;
  /**
   * work: go on. pause: take nothing new. drain: finish and leave.
   */
  directive: 'work' | 'pause' | 'drain';
  /**
   * Different tasks that failed there since the last success, counted up to 10. At 10 it gets one task a minute until one succeeds.
   */
  failing_tasks: number;
}
/**
 * Registers an agent: opens a session.
 */
export interface AgentRegistration {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Name, free text without control characters.
   */
  name: string;
  /**
   * Name, free text without control characters.
   */
  host: string;
  /**
   * What the agent does.
   */
  role: 'send' | 'recv' | 'both';
  /**
   * Hosts that share the destination file system declare the same domain.
   */
  domain: string;
  /**
   * Version of the agent.
   */
  agent_version: string;
  /**
   * Version of this contract that the agent speaks.
   */
  contract_version: number;
  /**
   * Destination that a receiver serves; by default its domain. Of a sender it means nothing.
   */
  destination?: string | null;
  /**
   * Id that lies in the folder where this receiver's files go: who has another one does not share its file system. Null: none could be made.
   */
  target_folder_id?: string | null;
  /**
   * The same of its folder for files being received; null: they lie beside their targets.
   */
  cache_folder_id?: string | null;
}
/**
 * An open session.
 */
export interface AgentSession {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Version of this contract that the coordinator speaks.
   */
  contract_version: number;
  /**
   * A session not renewed for so long is expired, with every lease it holds.
   */
  lease_duration_ms: number;
  /**
   * Send a heartbeat so often (add jitter).
   */
  heartbeat_interval_ms: number;
  /**
   * Ask again so long after an empty take.
   */
  poll_interval_ms: number;
  /**
   * Zones of active work.
   *
   * @maxItems 1000
   */
  zones: Zone[];
}
/**
 * A source path prefix with active work and one sample path in it.
 */
export interface Zone {
  /**
   * Zone: a source path prefix of whole segments.
   */
  zone: string;
  /**
   * Absolute path.
   */
  sample_path: string;
}
/**
 * One call of an operator that changes something: who, when, what, with which answer.
 */
export interface AuditEntry {
  /**
   * Grows with time.
   */
  audit_id: string;
  /**
   * The coordinator's clock: milliseconds since 1970.
   */
  at_ms: number;
  /**
   * Whose token it was.
   */
  token_name: string;
  /**
   * What the token permitted.
   */
  token_role: 'send' | 'recv' | 'both' | 'admin' | 'read';
  /**
   * The call's operationId.
   */
  call:
    | 'pauseJob'
    | 'resumeJob'
    | 'cancelJob'
    | 'retry'
    | 'direct'
    | 'recount'
    | 'addToken'
    | 'revokeToken';
  /**
   * What it was about: a job, an agent and what it was told, a token.
   */
  subject: string;
  /**
   * HTTP status of the answer.
   */
  status: number;
  /**
   * The answer's X-Request-Id.
   */
  request_id: string;
}
/**
 * Calls of operators, newest first.
 */
export interface AuditPage {
  /**
   * Calls.
   *
   * @maxItems 100
   */
  entries: AuditEntry[];
  /**
   * `after` of the next page, null: this is the last.
   */
  next: string | null;
}
/**
 * Answers to a batch, one an item, in the order of the request.
 */
export interface BatchReply {
  /**
   * One an item.
   *
   * @maxItems 1000
   */
  results: ItemResult[];
}
/**
 * Answer to one item of a batch.
 */
export interface ItemResult {
  /**
   * Task id, file id or virtual path of the item.
   */
  id: string;
  /**
   * ok: done now or before (a repeat). refused: nothing changed, problem says why.
   */
  outcome: 'ok' | 'refused';
  problem?: Problem;
}
/**
 * RFC 9457 problem. `type` is the contract: urn:syncmate:problem:<reason>.
 */
export interface Problem {
  /**
   * Problem type.
   */
  type: string;
  /**
   * Short title.
   */
  title: string;
  /**
   * HTTP status.
   */
  status: number;
  /**
   * Which thing, what was found, what was expected, what to do next.
   */
  detail: string;
  /**
   * Id of the request, also in the log.
   */
  request_id?: string;
}
/**
 * Slices that were moved.
 */
export interface CompleteBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 100
   */
  items: CompletedTask[];
}
/**
 * A slice that was moved.
 */
export interface CompletedTask {
  /**
   * Task id: file id, a dash, slice number from 0.
   */
  task_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Object key in the bucket.
   */
  object_key: string;
  /**
   * Bytes moved.
   */
  size_bytes: number;
  /**
   * SHA-256 of the content, lowercase hex.
   */
  sha256: string;
  /**
   * Permissions of the source file in octal, and its time of modification in nanoseconds. Of a file's first slice, when it was sent.
   */
  source_metadata?: string | null;
  /**
   * What the source was when the slice was read: size, mtime and ctime in nanoseconds, inode. A leading ~: it may have changed unseen meanwhile (it grew, or was written just before). Of sent slices only.
   */
  source_stamp?: string | null;
}
/**
 * Answer to agent-directive.
 */
export interface DirectiveReply {
  /**
   * Open sessions of that name, all with this directive now.
   */
  sessions: number;
}
/**
 * Slices that were not moved.
 */
export interface FailBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 100
   */
  items: FailedTask[];
}
/**
 * A slice that was not moved.
 */
export interface FailedTask {
  /**
   * Task id: file id, a dash, slice number from 0.
   */
  task_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * retry: try again, here or elsewhere. unreachable: this host can't. source_other: the source isn't here what the file's other slices were read from. object_bad: the object is wrong or gone, send it again. permanent: no retry can help.
   */
  kind: 'retry' | 'unreachable' | 'source_other' | 'object_bad' | 'permanent';
  /**
   * Machine-readable reason.
   */
  reason: string;
  /**
   * Which thing, what was found, what was expected.
   */
  detail: string;
}
/**
 * Files of a plan.
 */
export interface FileBatch {
  /**
   * Files.
   *
   * @minItems 1
   * @maxItems 500
   */
  files: PlannedFile[];
}
/**
 * One file of a plan.
 */
export interface PlannedFile {
  /**
   * Name of the file transfer, unique in its job; <name> or <name>.offset.<old size>.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Size of the source; of a repair: behind the last byte of the slice.
   */
  size_bytes: number;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  source_digest: string | null;
  /**
   * Known path at the destination, or null: <dest-dir>/<dest_sub>/<dest_name>.
   */
  target_path: string | null;
  /**
   * Size at the destination, null where it is missing.
   */
  target_size_bytes: number | null;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  target_digest: string | null;
  /**
   * unresolved: a send agent must compare the prefix first. repair: one slice of a placed file is sent again, and written over what is there.
   */
  mode: 'full' | 'append' | 'unresolved' | 'repair';
  /**
   * Folder below --dest-dir for a file without a known target path.
   */
  dest_sub: string;
  /**
   * Flat name: no slash, no NUL.
   */
  dest_name: string;
  /**
   * Zone: a source path prefix of whole segments.
   */
  zone: string;
  /**
   * Files that readers use together have the same group; none: the file is placed by itself. A file is placed when all of its group and order are staged and all of lower order are placed.
   */
  publish_group?: string | null;
  /**
   * Order in the group, ascending; none is 0.
   */
  publish_order?: number | null;
  /**
   * Of a repair: first byte of the slice.
   */
  repair_offset_bytes?: number | null;
  /**
   * Of a repair: SHA-256 of the slice as its manifest has it; a source that has another one has changed.
   */
  repair_sha256?: string | null;
  /**
   * Of a repair: SHA-256 of the damaged slice; nothing else is written over.
   */
  repair_found_sha256?: string | null;
}
/**
 * Files, by id.
 */
export interface FilePage {
  /**
   * Files.
   *
   * @maxItems 1000
   */
  files: FileStatus[];
  /**
   * Ask for after=<this>; null: no more.
   */
  next: string | null;
}
/**
 * A file transfer.
 */
export interface FileStatus {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Absolute path.
   */
  target_path: string | null;
  /**
   * Mode.
   */
  mode: 'full' | 'append' | 'unresolved' | 'repair';
  /**
   * File state.
   */
  state: 'unresolved' | 'transferring' | 'placing' | 'done' | 'failed';
  /**
   * Size of the source.
   */
  size_bytes: number;
  /**
   * Last failure.
   */
  last_error: string | null;
  /**
   * Where it could not be placed. Kept until an operator retries it, or it starts again.
   *
   * @maxItems 20
   */
  failures: HostFailure[];
}
/**
 * How often a task failed on a host.
 */
export interface HostFailure {
  /**
   * Name, free text without control characters.
   */
  host: string;
  /**
   * Failed attempts there.
   */
  attempts: number;
  /**
   * Last failure there.
   */
  last_error: string;
}
/**
 * Answer to garbage-deleted.
 */
export interface GarbageConfirmed {
  /**
   * Bytes given back to the window now.
   */
  credited_bytes: number;
}
/**
 * Objects that are confirmed gone.
 */
export interface GarbageDeleted {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Keys.
   *
   * @minItems 1
   * @maxItems 1000
   *
   * Items: Object key in the bucket.
   */
  object_keys: string[];
}
/**
 * Objects that may be deleted.
 */
export interface GarbageReply {
  /**
   * Keys.
   *
   * @maxItems 1000
   *
   * Items: Object key in the bucket.
   */
  object_keys: string[];
}
/**
 * Takes objects that may be deleted.
 */
export interface GarbageTake {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * At most so many.
   */
  max_objects: number;
}
/**
 * Liveness.
 */
export interface Health {
  /**
   * ok.
   */
  status: 'ok';
  /**
   * Contract version.
   */
  contract_version: number;
}
/**
 * What the agent must know.
 */
export interface HeartbeatReply {
  /**
   * As in agent-session.
   */
  lease_duration_ms: number;
  /**
   * As in agent-session.
   */
  heartbeat_interval_ms: number;
  /**
   * As in agent-session.
   */
  poll_interval_ms: number;
  /**
   * Those of the named leases that the agent holds no longer: stop their work at once.
   *
   * @maxItems 1000
   *
   * Items: Task id: file id, a dash, slice number from 0.
   */
  lost: string[];
  /**
   * The same of the named files.
   *
   * @maxItems 1000
   *
   * Items: File id, given by the coordinator.
   */
  lost_files: string[];
  /**
   * work: go on. pause: take nothing new. drain: finish and leave.
   */
  directive: 'work' | 'pause' | 'drain';
  /**
   * Zones of active work.
   *
   * @maxItems 1000
   */
  zones: Zone[];
}
/**
 * Renews a session and with it every lease it holds.
 */
export interface Heartbeat {
  /**
   * Bytes moved since the session began.
   */
  transferred_bytes: number;
  /**
   * Bytes moved a second, lately.
   */
  bytes_per_second: number;
  /**
   * Leases the agent believes it holds.
   *
   * @maxItems 1000
   */
  held: HeldLease[];
  /**
   * The same of whole files. What an agent was handed longer than a lease ago and doesn't name is offered again; without this list nothing of it is.
   *
   * @maxItems 1000
   */
  held_files?: HeldFile[];
}
/**
 * A lease that the agent believes it holds.
 */
export interface HeldLease {
  /**
   * Task id: file id, a dash, slice number from 0.
   */
  task_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
}
/**
 * A lease on a whole file, to check or to place it, that the agent believes it holds.
 */
export interface HeldFile {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
}
/**
 * Jobs, newest first.
 */
export interface JobPage {
  /**
   * Jobs.
   *
   * @maxItems 100
   */
  jobs: JobStatus[];
  /**
   * `after` of the next page, null: this is the last.
   */
  next: string | null;
}
/**
 * A job and how far it is.
 */
export interface JobStatus {
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * open: files may be added. active: sealed, at work. done: every file is done or failed.
   */
  state: 'open' | 'active' | 'done';
  /**
   * What the operator wants: run. paused: nothing new is handed out. cancelled: what was not done has failed.
   */
  control: 'run' | 'paused' | 'cancelled';
  /**
   * Destination that the job is for. Null: not known yet, and nothing of it is received until recv is run there with its two profiles.
   */
  destination: string | null;
  /**
   * Bytes of a task.
   */
  slice_size_bytes: number;
  /**
   * Window limit.
   */
  window_bytes: number;
  /**
   * Bytes reserved or lying in the object store.
   */
  window_used_bytes: number;
  /**
   * Tasks by state; of files not resolved yet there are none.
   */
  tasks: {
    pending: Tally;
    uploading: Tally;
    uploaded: Tally;
    downloading: Tally;
    downloaded: Tally;
    failed: Tally;
  };
  /**
   * Files by state; bytes of their transfers (of the whole file while unresolved).
   */
  files: {
    unresolved: Tally;
    transferring: Tally;
    placing: Tally;
    done: Tally;
    failed: Tally;
  };
}
/**
 * A number of things and their bytes.
 */
export interface Tally {
  /**
   * How many.
   */
  count: number;
  /**
   * Bytes of them.
   */
  bytes: number;
}
/**
 * Says that the plan is whole.
 */
export interface JobSeal {
  /**
   * Files that the job must have.
   */
  file_count: number;
}
/**
 * Opens a job, or finds it: the same pair of profiles is the same job.
 */
export interface JobSubmission {
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Bytes of a task: one slice, one object, one PUT. 5 MiB to 5 GiB; smaller only in tests.
   */
  slice_size_bytes: number;
  /**
   * Bytes that may lie in the object store at once.
   */
  window_bytes: number;
  /**
   * Open session of a receiver: the job is its destination's from now on. Null: the job waits for one that says so.
   */
  session_id?: string | null;
}
/**
 * Leases, or why there are none.
 */
export interface LeaseReply {
  /**
   * Leases.
   *
   * @maxItems 100
   */
  leases: Lease[];
  waiting?: Wait;
}
/**
 * A leased task.
 */
export interface Lease {
  /**
   * Task id: file id, a dash, slice number from 0.
   */
  task_id: string;
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Name of the slice in OffsetFS.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Size of the source, as planned.
   */
  source_size_bytes: number;
  /**
   * First byte of the slice in the source, and in the target.
   */
  offset_bytes: number;
  /**
   * Bytes of the slice.
   */
  length_bytes: number;
  /**
   * Key of this attempt's object (send), or of the object to read (recv).
   */
  object_key: string;
  /**
   * Of the object; null for send.
   */
  sha256: string | null;
  /**
   * How the target changes: full replaces it, append adds the tail, repair writes one slice over a damaged one.
   */
  mode: 'full' | 'append' | 'repair';
  /**
   * First byte of the file transfer: 0 or the old size.
   */
  transfer_offset_bytes: number;
  /**
   * Absolute path.
   */
  target_path: string | null;
  /**
   * Folder below --dest-dir for a file without a known target path.
   */
  dest_sub: string;
  /**
   * Flat name: no slash, no NUL.
   */
  dest_name: string;
  /**
   * Stamp of the source when the file's first slice was read; null: not known yet. A source that isn't that, or that grown, is not to be sent.
   */
  source_stamp?: string | null;
}
/**
 * Why nothing was handed out.
 */
export interface Wait {
  /**
   * no_work: nothing in this state. window_full: the window has no room. no_space: nothing that fits. not_reachable: work only in zones that the agent did not name. paused: the operator paused the job or this agent. failing: everything that this agent tried lately failed; it gets one task a minute until one succeeds. other_destination: work only of jobs that are not for the receiver's destination, or whose destination is not known yet.
   */
  reason:
    | 'no_work'
    | 'window_full'
    | 'no_space'
    | 'not_reachable'
    | 'paused'
    | 'failing'
    | 'other_destination';
  /**
   * Ask again after so long.
   */
  retry_after_ms: number;
}
/**
 * Takes up to max_tasks tasks.
 */
export interface LeaseRequest {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Chosen by the agent; the same id repeated gets the same answer.
   */
  request_id: string;
  /**
   * send: pending tasks. recv: uploaded tasks.
   */
  direction: 'send' | 'recv';
  /**
   * At most so many tasks.
   */
  max_tasks: number;
  /**
   * At most so many bytes, but always one task if there is any.
   */
  max_bytes: number;
  /**
   * send: zones that the agent reaches cheaply, cheapest first; others that it reaches leave them to it. recv: empty.
   *
   * @maxItems 1000
   *
   * Items: Zone: a source path prefix of whole segments.
   */
  zones: string[];
  /**
   * send: further zones, which the agent reaches at a higher cost. Handed out only where no other live agent reaches the zone cheaply. Absent or null: none.
   *
   * @maxItems 1000
   */
  dear_zones?: string[] | null;
  /**
   * recv: free bytes of the staging file system; a file that doesn't fit is not begun.
   */
  free_bytes: number | null;
}
/**
 * A page of a sweep: objects that lie in the bucket.
 */
export interface ListedBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Objects.
   *
   * @minItems 1
   * @maxItems 1000
   */
  objects: ListedObject[];
}
/**
 * An object as a listing shows it.
 */
export interface ListedObject {
  /**
   * Object key in the bucket.
   */
  object_key: string;
  /**
   * When it was written, in milliseconds since 1970 by the clock of the object store.
   */
  last_modified_ms: number;
}
/**
 * Manifests of a destination's placed files, by path and offset.
 */
export interface ManifestPage {
  /**
   * Parts; those of a file are next to each other.
   *
   * @maxItems 100
   */
  parts: ManifestPart[];
  /**
   * `after` of the next page, null: this is the last.
   */
  next: string | null;
}
/**
 * Digests of consecutive slices of a placed file. Bytes that no part of a file has were never sent.
 */
export interface ManifestPart {
  /**
   * Where the file lies, before path maps and symlinks.
   */
  target_path: string;
  /**
   * Where the bytes came from.
   */
  source_path: string;
  /**
   * First byte.
   */
  offset_bytes: number;
  /**
   * Behind the last byte.
   */
  end_bytes: number;
  /**
   * Bytes of each slice but the last, which may be shorter.
   */
  slice_size_bytes: number;
  /**
   * SHA-256 of each slice, in order, lowercase hex.
   *
   * @minItems 1
   * @maxItems 1000
   */
  sha256s: string[];
}
/**
 * What came of placing.
 */
export interface PlacedBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 10
   */
  items: PlacedItem[];
}
/**
 * What came of placing.
 */
export interface PlacedItem {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * placed: durable under its final name. failed: can't be placed. retry: this host couldn't; counted, it is tried again later, or by another. restart: staging is lost, transfer all again. release: not now, uncounted.
   */
  outcome: 'placed' | 'failed' | 'retry' | 'restart' | 'release';
  /**
   * Why.
   */
  detail: string | null;
  /**
   * Of a placed file: where it lies, before path maps and symlinks. The manifest of one without a known path at the destination is kept by it.
   */
  target_path?: string | null;
}
/**
 * A file whose slices are all verified in staging.
 */
export interface PlacingFile {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * How the target changes: full replaces it, append adds the tail, repair writes one slice over a damaged one.
   */
  mode: 'full' | 'append' | 'repair';
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Size of the source: the size that the target must get.
   */
  size_bytes: number;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  source_digest: string | null;
  /**
   * First byte of the transfer: 0 or the old size.
   */
  transfer_offset_bytes: number;
  /**
   * Absolute path.
   */
  target_path: string | null;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  target_digest: string | null;
  /**
   * Size of the target when the file was planned; null: unknown, or no such file.
   */
  target_size_bytes?: number | null;
  /**
   * Permissions of the source file in octal, and its time of modification in nanoseconds; null: unknown.
   */
  source_metadata?: string | null;
  /**
   * Folder below --dest-dir for a file without a known target path.
   */
  dest_sub: string;
  /**
   * Flat name: no slash, no NUL.
   */
  dest_name: string;
  /**
   * Of a repair: SHA-256 of the damaged slice; nothing else is written over.
   */
  repair_found_sha256?: string | null;
  /**
   * The slices, by offset.
   *
   * @maxItems 100000
   */
  slices: SliceDigest[];
}
/**
 * A slice of a file transfer and its digest.
 */
export interface SliceDigest {
  /**
   * First byte.
   */
  offset_bytes: number;
  /**
   * Bytes.
   */
  length_bytes: number;
  /**
   * SHA-256 of the content, lowercase hex.
   */
  sha256: string;
}
/**
 * Files to place.
 */
export interface PlacingReply {
  /**
   * Files.
   *
   * @maxItems 10
   */
  files: PlacingFile[];
}
/**
 * What reading files once more found.
 */
export interface ProvedBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 100
   */
  items: ProvedItem[];
}
/**
 * What reading a file once more found.
 */
export interface ProvedItem {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * proved: all slices were one state of the source. changed: they were not. other: the source isn't here what they were read from. unreachable: this host can't read it. release: not done, offer it again.
   */
  outcome: 'proved' | 'changed' | 'other' | 'unreachable' | 'release';
  /**
   * Why.
   */
  detail: string | null;
}
/**
 * A file that may have changed while it was sent: its slices are to be read once more.
 */
export interface ProvingFile {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Stamp of the source when the file's first slice was read.
   */
  source_stamp: string | null;
}
/**
 * Files to prove.
 */
export interface ProvingReply {
  /**
   * Files.
   *
   * @maxItems 100
   */
  files: ProvingFile[];
}
/**
 * A slice as it was read from the source.
 */
export interface ReadSlice {
  /**
   * First byte of the slice in the source.
   */
  offset_bytes: number;
  /**
   * Bytes of the slice.
   */
  length_bytes: number;
  /**
   * SHA-256 of the content, lowercase hex.
   */
  sha256: string;
  /**
   * What the source was then; null: not known.
   */
  source_stamp: string | null;
}
/**
 * What a check of the totals and of the rows behind them found.
 */
export interface RecountReport {
  /**
   * Jobs whose count is over: of those at work and those with objects left.
   */
  jobs: number;
  /**
   * Totals, counters and leases that were wrong and are right now.
   *
   * @maxItems 1000
   *
   * Items: Job, what was wrong and what the rows say.
   */
  repaired: string[];
  /**
   * What can't be derived from other rows: for people to look at. At most some of each kind.
   *
   * @maxItems 1000
   *
   * Items: What contradicts what.
   */
  problems: string[];
  /**
   * Where the next call goes on (`from`): there is more than one call counts. null: all jobs are counted.
   */
  next: string | null;
}
/**
 * Leases given back unused.
 */
export interface ReleaseBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 1000
   */
  items: HeldLease[];
}
/**
 * What checks found.
 */
export interface ResolvedBatch {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Items.
   *
   * @minItems 1
   * @maxItems 100
   */
  items: ResolvedItem[];
}
/**
 * What the check found.
 */
export interface ResolvedItem {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * append: the destination's bytes are a prefix. full: they are not. unreachable: this host can't read the source. failed: the source can't be transferred.
   */
  verdict: 'append' | 'full' | 'unreachable' | 'failed';
  /**
   * Why.
   */
  detail: string | null;
}
/**
 * A file whose prefix is to be compared.
 */
export interface ResolvingFile {
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * Size of the source, as planned.
   */
  size_bytes: number;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  source_digest: string | null;
  /**
   * Size at the destination: compare the digest of so many first bytes.
   */
  target_size_bytes: number;
  /**
   * World of Code sample digest: 16 hex digits. Not a proof of content.
   */
  target_digest: string | null;
}
/**
 * Files to resolve.
 */
export interface ResolvingReply {
  /**
   * Files.
   *
   * @maxItems 100
   */
  files: ResolvingFile[];
}
/**
 * Gives failed work another chance, with no attempt counted. A file fails and comes back as a whole, and the failed files of its publish group with it.
 */
export interface RetryRequest {
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Failed tasks whose files come back; null: all failed files of the job.
   *
   * @minItems 1
   * @maxItems 100
   */
  task_ids: string[] | null;
}
/**
 * Answer to the end of a session.
 */
export interface SessionEnd {
  /**
   * Leases given back.
   */
  released: number;
}
/**
 * Slices of a file, in their order.
 */
export interface SlicePage {
  /**
   * Slices.
   *
   * @maxItems 5000
   */
  slices: ReadSlice[];
  /**
   * What to ask for next; null: these are the last.
   */
  next: number | null;
}
/**
 * Asks for slices of a file that the caller holds, to prove it.
 */
export interface SlicesRequest {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Fencing token: grows each time the work is handed out, and never comes twice.
   */
  lease_epoch: number;
  /**
   * Those behind this one; null: from the first.
   */
  after: number | null;
  /**
   * At most so many.
   */
  limit: number;
}
/**
 * How far everything is.
 */
export interface Status {
  /**
   * Jobs, newest first.
   *
   * @maxItems 20
   */
  jobs: JobStatus[];
  /**
   * Tasks of all jobs by state.
   */
  tasks: {
    pending: Tally;
    uploading: Tally;
    uploaded: Tally;
    downloading: Tally;
    downloaded: Tally;
    failed: Tally;
  };
  /**
   * Files of all jobs by state.
   */
  files: {
    unresolved: Tally;
    transferring: Tally;
    placing: Tally;
    done: Tally;
    failed: Tally;
  };
  /**
   * Sum over live senders.
   */
  uploaded_bytes_per_second: number;
  /**
   * Sum over live receivers.
   */
  downloaded_bytes_per_second: number;
  /**
   * Seconds to the end at this rate, null when unknown.
   */
  eta_seconds: number | null;
  /**
   * Agents, live first.
   *
   * @maxItems 100
   */
  agents: AgentStatus[];
}
/**
 * A job to look through, if one is due.
 */
export interface SweepReply {
  /**
   * None: nothing is due.
   *
   * @maxItems 1
   */
  sweeps: Sweep[];
  /**
   * None is due, but in so long there are objects to look for or to delete that writers of finished jobs may still leave. Only for who is leaving.
   */
  wait_ms?: number | null;
}
/**
 * A job whose objects are to be looked through: those whose keys begin with the prefix, and no others.
 */
export interface Sweep {
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * All objects of the job have such keys; others are none of its business.
   */
  key_prefix: string;
}
/**
 * Takes files to place.
 */
export interface TakePlacing {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Chosen by the agent; the same id repeated gets the same answer.
   */
  request_id: string;
  /**
   * At most so many.
   */
  max_files: number;
}
/**
 * Takes files whose prefix is to be compared.
 */
export interface TakeResolving {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Chosen by the agent; the same id repeated gets the same answer.
   */
  request_id: string;
  /**
   * Zones that the agent reaches, cheapest first.
   *
   * @maxItems 1000
   *
   * Items: Zone: a source path prefix of whole segments.
   */
  zones: string[];
  /**
   * At most so many.
   */
  max_files: number;
}
/**
 * Asks for a job whose objects are to be looked through.
 */
export interface TakeSweep {
  /**
   * Session id, chosen by the agent (so that a repeated registration is the same one).
   */
  session_id: string;
  /**
   * Chosen by the agent; the same id repeated gets the same answer.
   */
  request_id: string;
  /**
   * The receiver is about to leave: the answer says how long it had better stay.
   */
  leaving?: boolean | null;
}
/**
 * A task, and why it is not further.
 */
export interface TaskExplanation {
  task: TaskStatus;
  /**
   * finished: moved and placed. placing: moved, its file is not placed yet. held: its file is staged and waits for others of its publish group. leased: an agent works on it. no_agent: no live agent of that role. not_reachable: no live agent reaches it. agents_paused: those that could are told to pause or drain. agents_failing: everything that those who could tried lately failed; they get one task a minute. other_domain: its file is tied to a domain without a live receiver. no_destination: nobody has said yet which destination the job is for. queued: the next agent that asks may get it.
   */
  reason:
    | 'finished'
    | 'failed'
    | 'placing'
    | 'held'
    | 'job_paused'
    | 'job_cancelled'
    | 'leased'
    | 'backing_off'
    | 'no_agent'
    | 'not_reachable'
    | 'agents_paused'
    | 'agents_failing'
    | 'window_full'
    | 'other_domain'
    | 'no_destination'
    | 'no_space'
    | 'queued';
  /**
   * The same for people: what was found, what to do.
   */
  detail: string;
  /**
   * When that ends by itself at the latest, in ms since 1970 of the coordinator's clock; null: not known.
   */
  expected_at_ms: number | null;
}
/**
 * A task.
 */
export interface TaskStatus {
  /**
   * Task id: file id, a dash, slice number from 0.
   */
  task_id: string;
  /**
   * File id, given by the coordinator.
   */
  file_id: string;
  /**
   * Job id: digest of the pair of profiles.
   */
  job_id: string;
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * Task state.
   */
  state: 'pending' | 'uploading' | 'uploaded' | 'downloading' | 'downloaded' | 'failed';
  /**
   * Epoch, 0: never handed out.
   */
  lease_epoch: number;
  /**
   * First byte.
   */
  offset_bytes: number;
  /**
   * Bytes.
   */
  length_bytes: number;
  /**
   * Failed attempts.
   */
  attempts: number;
  /**
   * Name of the agent that sent it last.
   */
  sender: string | null;
  /**
   * Name of the agent that received it last.
   */
  receiver: string | null;
  /**
   * Object key in the bucket.
   */
  object_key: string | null;
  /**
   * Last failure.
   */
  last_error: string | null;
  /**
   * Hosts on which it failed.
   *
   * @maxItems 20
   */
  failures: HostFailure[];
}
/**
 * One line of taskgen's output and of an OffsetFS configuration (there only the first four fields count).
 */
export interface TaskLine {
  /**
   * Flat name: no slash, no NUL.
   */
  virtual_path: string;
  /**
   * Absolute path.
   */
  source_path: string;
  /**
   * First byte.
   */
  offset: number;
  /**
   * Bytes; 0: to the end of the source.
   */
  size: number;
  /**
   * Path at the destination; null or empty: not known.
   */
  target_path?: string | null;
  /**
   * Sample digest or empty.
   */
  source_digest?: string | null;
  /**
   * Sample digest or empty.
   */
  target_digest?: string | null;
}
/**
 * Tasks, by id.
 */
export interface TaskPage {
  /**
   * Tasks.
   *
   * @maxItems 1000
   */
  tasks: TaskStatus[];
  /**
   * Ask for after=<this>; null: no more.
   */
  next: string | null;
}
/**
 * Tokens that were added, newest first. Those of the secret are not among them.
 */
export interface TokenPage {
  /**
   * Tokens.
   *
   * @maxItems 100
   */
  tokens: TokenStatus[];
  /**
   * `after` of the next page, null: this is the last.
   */
  next: string | null;
}
/**
 * A bearer token that was added; it can't be told from this.
 */
export interface TokenStatus {
  /**
   * Names the token without telling it.
   */
  token_id: string;
  /**
   * Who holds it.
   */
  name: string;
  /**
   * What it permits.
   */
  role: 'send' | 'recv' | 'both' | 'admin' | 'read';
  /**
   * The coordinator's clock: milliseconds since 1970.
   */
  created_at_ms: number;
  /**
   * From then on it opens nothing; null: it is good.
   */
  revoked_at_ms: number | null;
}
/**
 * A bearer token to add. The caller makes it and keeps it: `syncmate_` and 64 hexadecimal digits, 32 random bytes. Only its SHA-256 travels, so a repeated request is the same one.
 */
export interface TokenSubmission {
  /**
   * SHA-256 of the whole token.
   */
  sha256: string;
  /**
   * Who holds it. An agent that uses a token for agents must have this name.
   */
  name: string;
  /**
   * What it permits.
   */
  role: 'send' | 'recv' | 'both' | 'admin' | 'read';
}
