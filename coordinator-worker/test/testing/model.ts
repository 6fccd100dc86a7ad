// SPDX-License-Identifier: Apache-2.0
import type { Lease, LeaseRequest, PlannedFile } from '../../src/generated/messages';
import {
  cut,
  isAllReceived,
  keysOf,
  newFile,
  rangeOf,
  stillNeeded,
  type Attempt,
  type ModelFile,
  type Task,
} from './model-files';
import {
  ATTEMPTS_MAX,
  FAILED_HOSTS_MAX,
  Hosts,
  POLL_MS,
  type Holder,
  type Sought,
} from './model-hosts';

/**
 * What the coordinator promises, as plain objects: a reference for the real SQL. It doesn't choose what
 * a take hands out; it says whether that was allowed, and foresees everything else.
 */

export const LEASE_MS = 180_000;
export const BACKOFF_MS = 1000;
export const STEAL_MIN_MS = 1000;

/** Files of a domain whose agents have all been gone for so long start again elsewhere. */
export const DOMAIN_MS = 100_000;

interface Session {
  open: boolean;
  expiresAt: number;
  lastSeen: number;
}

type Named = Pick<Lease, 'task_id' | 'lease_epoch'>;
type NamedFile = { readonly file_id: string; readonly lease_epoch: number };
type Answer = 'ok' | 'lease_stale';
export type FailKind = 'retry' | 'unreachable' | 'object_bad' | 'permanent';
export type Verdict = 'append' | 'full' | 'unreachable' | 'failed';
export type Outcome = 'placed' | 'failed' | 'retry' | 'restart' | 'release';

export class Model {
  readonly sessions = new Map<string, Session>();
  readonly files = new Map<string, ModelFile>();
  readonly garbage = new Map<string, { file: ModelFile; bytes: number; notBefore: number }>();
  /** Every epoch of every task that was handed out, and those that completed. */
  private readonly handedOut = new Set<string>();
  private readonly keys = new Set<string>();
  private readonly completed = new Set<string>();
  private readonly hosts = new Hosts();
  readonly counts = {
    completions: 0,
    steals: 0,
    resolutions: 0,
    groupPlacings: 0,
    reclaims: 0,
    stranded: 0,
    strays: 0,
    filesTakenBack: 0,
    placedLater: 0,
  };

  /** `windows`: limits by job. */
  constructor(private readonly windows: ReadonlyMap<string, number>) {}

  addFile(id: string, job: string, plan: PlannedFile): void {
    this.files.set(id, newFile(id, job, plan));
  }

  private file(id: string): ModelFile {
    const found = this.files.get(id);
    if (found === undefined) throw new Error(`file ${id} is not known`);
    return found;
  }

  /** Files of its group up to its order, itself among them. */
  private upTo(file: ModelFile): ModelFile[] {
    const { publish_group: group = null, publish_order: last = 0 } = file.plan;
    if (group === null) return [file];
    return [...this.files.values()].filter(
      ({ job, plan }) =>
        job === file.job &&
        plan.publish_group === group &&
        (plan.publish_order ?? 0) <= (last ?? 0),
    );
  }

  /** Lower orders first; those of one order together, once all are staged. */
  mayPlace(file: ModelFile): boolean {
    if (file.state !== 'placing' || file.lease !== null) return false;
    return this.upTo(file).every(
      ({ state, plan }) =>
        state === 'done' || (state === 'placing' && plan.publish_order === file.plan.publish_order),
    );
  }

  /** What waits for a failed file fails; not what is being placed. */
  private failHeld(): void {
    for (const file of this.files.values()) {
      if (file.state !== 'placing' || file.lease !== null) continue;
      if (this.upTo(file).some(({ state }) => state === 'failed')) file.state = 'failed';
    }
  }

  private leaseFile(session: string, { file_id, lease_epoch }: NamedFile, now: number): ModelFile {
    const file = this.file(file_id);
    file.leaseEpoch = Math.max(file.leaseEpoch + 1, now);
    if (lease_epoch !== file.leaseEpoch) {
      throw new Error(`file ${file_id}: epoch ${lease_epoch} (expected: ${file.leaseEpoch})`);
    }
    file.lease = { session, epoch: lease_epoch, takenAt: now };
    return file;
  }

  private holdsFile(session: string, { file_id, lease_epoch }: NamedFile): boolean {
    const { lease } = this.file(file_id);
    return lease !== null && lease.session === session && lease.epoch === lease_epoch;
  }

  /** Throws unless these are all that there are to check in these zones. */
  takeResolving(
    session: string,
    zones: readonly string[],
    given: readonly NamedFile[],
    now: number,
  ): void {
    const expected = [...this.files.values()].filter(
      ({ state, lease, plan, refused }) =>
        state === 'unresolved' &&
        lease === null &&
        zones.includes(plan.zone) &&
        this.hosts.reaches(session, refused, now),
    );
    const ids = (files: readonly string[]) => [...files].sort().join(' ');
    if (ids(expected.map(({ id }) => id)) !== ids(given.map(({ file_id }) => file_id))) {
      throw new Error(
        `to check: ${JSON.stringify(given)}, not ${ids(expected.map(({ id }) => id))}`,
      );
    }
    for (const each of given) this.leaseFile(session, each, now);
  }

  resolved(session: string, named: NamedFile, verdict: Verdict, now: number): Answer {
    const file = this.file(named.file_id);
    if (file.state !== 'unresolved' || !this.holdsFile(session, named)) {
      return this.repeatsVerdict(file, named, verdict) ? 'ok' : 'lease_stale';
    }
    file.lease = null;
    if (verdict === 'unreachable') this.hosts.refuse(session, file.refused, now);
    else if (verdict === 'failed') this.failFile(file, now);
    else {
      cut(file, verdict);
      this.counts.resolutions += 1;
    }
    return 'ok';
  }

  private repeatsVerdict(file: ModelFile, { lease_epoch }: NamedFile, verdict: Verdict): boolean {
    if (file.leaseEpoch !== lease_epoch) return false;
    if (verdict === 'failed') return file.state === 'failed';
    if (verdict === 'unreachable') return file.state === 'unresolved' && file.lease === null;
    return file.mode === verdict;
  }

  /** Throws unless these are as many as there are to place, those that failed least, and none that is not. */
  takePlacing(session: string, given: readonly NamedFile[], most: number, now: number): void {
    const { domain } = this.hosts.session(session);
    const ready = [...this.files.values()].filter(
      (file) =>
        file.domain === domain &&
        this.mayPlace(file) &&
        this.hosts.mayTake(session, { failures: file.failures, refused: new Map() }, now),
    );
    const attempts = ready.map((file) => file.attempts).sort((a, b) => a - b);
    const worst = Math.max(0, ...given.map(({ file_id }) => this.file(file_id).attempts));
    if (worst > (attempts[given.length - 1] ?? 0)) throw new Error('others failed less');
    const strange = given.find(({ file_id }) => !ready.includes(this.file(file_id)));
    if (strange !== undefined || given.length !== Math.min(most, ready.length)) {
      throw new Error(
        `to place: ${JSON.stringify(given)} of ${ready.map(({ id }) => id).join(' ')}`,
      );
    }
    for (const each of given) {
      const { plan } = this.leaseFile(session, each, now);
      if ((plan.publish_group ?? null) !== null) this.counts.groupPlacings += 1;
    }
  }

  /** What each of a batch is answered. */
  placed(session: string, batch: readonly NamedFile[], outcome: Outcome, now: number): Answer[] {
    const held = batch.filter(
      (named) => this.file(named.file_id).state === 'placing' && this.holdsFile(session, named),
    );
    for (const { file_id } of held) this.endPlacing(this.file(file_id), session, outcome, now);
    this.failHeld();
    return batch.map((named) =>
      this.repeatsPlacing(this.file(named.file_id), named, outcome) ? 'ok' : 'lease_stale',
    );
  }

  private endPlacing(file: ModelFile, session: string, outcome: Outcome, now: number): void {
    file.lease = null;
    if (outcome === 'retry') return this.placeLater(file, session, now);
    if (outcome === 'placed') file.state = 'done';
    if (outcome === 'failed') file.state = 'failed';
    if (outcome !== 'restart') return;
    if (file.restarts + 1 >= ATTEMPTS_MAX) file.state = 'failed';
    else this.restart(file, now);
  }

  private placeLater(file: ModelFile, session: string, now: number): void {
    const failures = new Map([...file.failures].map(([host, failed]) => [host, { ...failed }]));
    const until = now + BACKOFF_MS * 2 ** file.attempts + POLL_MS;
    this.hosts.count(session, failures, until);
    const { domain } = file;
    const seen = { failures, refused: new Map<string, number>(), sending: false, zone: '', domain };
    if (this.isGivenUp(file.attempts + 1, seen, now)) {
      file.state = 'failed';
      return;
    }
    this.counts.placedLater += 1;
    file.attempts += 1;
    for (const [host, failed] of failures) file.failures.set(host, failed);
  }

  private repeatsPlacing(file: ModelFile, { lease_epoch }: NamedFile, outcome: Outcome): boolean {
    const { state, lease, leaseEpoch } = file;
    if (leaseEpoch !== lease_epoch) return false;
    if (outcome === 'placed') return state === 'done';
    if (outcome === 'failed') return state === 'failed';
    if (outcome === 'restart') return state === 'transferring' || state === 'failed';
    return (state === 'placing' || state === 'failed') && lease === null;
  }

  /** All its slices are to be sent again. */
  private restart(file: ModelFile, now: number): void {
    this.discardObjects(file, now);
    for (const { epoch } of file.tasks.values()) file.epochFloor = Math.max(file.epochFloor, epoch);
    file.tasks.clear();
    file.failures.clear();
    file.restarts += 1;
    Object.assign(file, { state: 'transferring', domain: '', lease: null, attempts: 0 });
  }

  /** Whoever still writes or reads them may go on for as long as a lease. */
  private discardObjects(file: ModelFile, now: number): void {
    for (const task of file.tasks.values()) {
      const at = task.state === 'uploaded' ? now : now + LEASE_MS;
      for (const key of keysOf(task)) this.addGarbage(task, key, at);
    }
  }

  private restartStranded(now: number): void {
    for (const file of this.files.values()) {
      const staged =
        (file.state === 'transferring' && file.tasks.size > 0) || file.state === 'placing';
      if (file.domain === '' || !staged || !this.isGone(file.domain, now)) continue;
      this.counts.stranded += 1;
      this.restart(file, now);
    }
    this.failHeld();
  }

  /** Who only sends brings nothing into a domain. */
  private isGone(domain: string, now: number): boolean {
    return [...this.sessions].every(([id, { open, lastSeen }]) => {
      const { role, domain: its } = this.hosts.session(id);
      return role === 'send' || its !== domain || (!open && lastSeen <= now - DOMAIN_MS);
    });
  }

  *tasks(): Iterable<Task> {
    for (const file of this.files.values()) yield* file.tasks.values();
  }

  windowUsed(job: string): number {
    let used = 0;
    for (const { file, bytes } of this.garbage.values()) used += file.job === job ? bytes : 0;
    for (const task of this.tasks()) {
      if (task.file.job === job) used += task.length * keysOf(task).length;
    }
    return used;
  }

  isOpen(session: string, now: number): boolean {
    const found = this.sessions.get(session);
    return found !== undefined && found.open && found.expiresAt > now;
  }

  open(session: string, holder: Holder, now: number): void {
    this.hosts.open(session, holder);
    this.sessions.set(session, { open: true, expiresAt: now + LEASE_MS, lastSeen: now });
  }

  /** How a call of the session is answered that is for one role. */
  statusFor(session: string, needed: 'send' | 'recv', now: number): 200 | 403 | 409 {
    if (!this.isOpen(session, now)) return 409;
    const { role } = this.hosts.session(session);
    return role === needed || role === 'both' ? 200 : 403;
  }

  end(session: string, now: number): void {
    const found = this.sessions.get(session);
    if (found === undefined || !found.open) return;
    found.open = false;
    this.takeBack(session, now);
  }

  reclaimExpired(now: number): void {
    for (const [session, found] of this.sessions) {
      if (!found.open || found.expiresAt > now) continue;
      found.open = false;
      this.counts.reclaims += 1;
      this.takeBack(session, now + LEASE_MS);
    }
  }

  private takeBack(session: string, garbageAt: number): void {
    for (const task of this.tasks()) {
      for (const attempt of [task.holder, task.rival]) {
        if (attempt?.session === session && this.isAlive(task, attempt)) {
          this.giveBack(task, attempt, garbageAt, false);
        }
      }
    }
    for (const file of this.files.values()) {
      if (file.lease?.session === session) file.lease = null;
    }
    this.failHeld();
  }

  private isAlive(task: Task, attempt: Attempt): boolean {
    return (task.state === 'uploading' || task.state === 'downloading') && attempt.key !== null;
  }

  private attempt(task: Task, lease: Named, session: string): Attempt | null {
    const all = [task.holder, task.rival];
    return (
      all.find((each) => each?.session === session && each.epoch === lease.lease_epoch) ?? null
    );
  }

  private held(task: Task, lease: Named, session: string): Attempt | null {
    const found = this.attempt(task, lease, session);
    return found !== null && this.isAlive(task, found) ? found : null;
  }

  private completedBy(task: Task, lease: Named): boolean {
    const sent = ['uploaded', 'downloading', 'downloaded'].includes(task.state);
    return (
      (sent && task.uploadEpoch === lease.lease_epoch) ||
      (task.state === 'downloaded' && task.epoch === lease.lease_epoch)
    );
  }

  /** null: its file has started again since. */
  private find(id: string): Task | null {
    return this.files.get(id.slice(0, id.indexOf('-')))?.tasks.get(id) ?? null;
  }

  private addGarbage(task: Task, key: string | null, notBefore: number): void {
    if (key === null) return;
    if (this.garbage.has(key)) throw new Error(`${key} is garbage twice`);
    this.garbage.set(key, { file: task.file, bytes: task.length, notBefore });
  }

  private other(task: Task, attempt: Attempt): Attempt | null {
    const found = task.holder === attempt ? task.rival : task.holder;
    return found?.key == null ? null : found;
  }

  /** The attempt ends without a result; an upload's object is garbage from then on. */
  private giveBack(task: Task, attempt: Attempt, garbageAt: number, byHolder: boolean): void {
    if (task.state === 'downloading') {
      task.state = 'uploaded';
      task.notBefore = 0;
      if (!byHolder) task.holder = null;
      return;
    }
    this.abort(task, attempt, garbageAt, byHolder);
    task.notBefore = 0;
  }

  private abort(task: Task, attempt: Attempt, garbageAt: number, byHolder: boolean): void {
    const other = task.state === 'uploading' ? this.other(task, attempt) : null;
    this.addGarbage(task, attempt.key, garbageAt);
    attempt.key = null;
    if (!byHolder) {
      if (task.holder === attempt) task.holder = null;
      else task.rival = null;
    }
    if (other === null) {
      task.state = 'pending';
      task.uploadKey = null;
    }
  }

  /** Throws where the take was not allowed. */
  take(session: string, request: LeaseRequest, leases: readonly Lease[], now: number): void {
    for (const lease of leases) {
      const key = `${lease.task_id} ${lease.lease_epoch}`;
      if (this.handedOut.has(key)) throw new Error(`${key} handed out twice`);
      this.handedOut.add(key);
      this.keys.add(lease.object_key);
    }
    if (request.direction === 'recv') this.takeToReceive(session, request, leases, now);
    else this.takeToSend(session, request, leases, now);
    this.hosts.take(session, leases.length, now);
    for (const [job, limit] of this.windows) {
      const used = this.windowUsed(job);
      if (used > limit) throw new Error(`window of ${job} passed: ${used}`);
    }
  }

  private takeToSend(
    session: string,
    { zones }: LeaseRequest,
    leases: readonly Lease[],
    now: number,
  ): void {
    this.hosts.session(session).zones = zones;
    const stolen = leases.filter((lease) => {
      const { zone } = this.file(lease.file_id).plan;
      if (!zones.includes(zone)) throw new Error(`${lease.task_id} is in ${zone}`);
      return this.takeOneToSend(session, lease, now);
    });
    if (stolen.length > 0 && stolen.length < leases.length) {
      throw new Error('stole while something was pending');
    }
    this.counts.steals += stolen.length;
  }

  private takeOneToSend(session: string, lease: Lease, now: number): boolean {
    const file = this.file(lease.file_id);
    if (file.state !== 'transferring') throw new Error(`file of ${lease.task_id} is over`);
    const attempt: Attempt = {
      session,
      epoch: lease.lease_epoch,
      takenAt: now,
      key: lease.object_key,
    };
    const known = file.tasks.get(lease.task_id);
    if (known === undefined) {
      if (!this.hosts.reaches(session, file.refused, now)) throw new Error('out of reach');
      this.cutTask(file, lease, attempt);
      return false;
    }
    this.nextEpoch(known, lease, now);
    this.mayTake(session, known, now);
    if (known.state === 'pending') {
      if (known.notBefore > now) throw new Error(`${known.id} is backing off`);
      Object.assign(known, { state: 'uploading', holder: attempt, rival: null });
      return false;
    }
    const alive = [known.holder, known.rival].filter((each) => each?.key != null);
    const [slow] = alive;
    if (known.state !== 'uploading' || alive.length !== 1 || slow == null) {
      throw new Error(`${known.id} is ${known.state} with ${alive.length} attempts: no steal`);
    }
    if (slow.session === session) throw new Error(`${session} steals from itself`);
    if (slow.takenAt > now - STEAL_MIN_MS) throw new Error(`${known.id} stolen too early`);
    known.rival = slow;
    known.holder = attempt;
    return true;
  }

  /** The next slice of a file gets a task. */
  private cutTask(file: ModelFile, lease: Lease, attempt: Attempt): void {
    const next = `${file.id}-${file.tasks.size}`;
    const first = Math.max(file.epochFloor + 1, attempt.takenAt);
    if (lease.task_id !== next || lease.lease_epoch !== first || file.tasks.size >= file.slices) {
      throw new Error(`${lease.task_id} epoch ${lease.lease_epoch} is not ${next} epoch ${first}`);
    }
    const [offset, length] = rangeOf(file, file.tasks.size);
    if (lease.offset_bytes !== offset || lease.length_bytes !== length) {
      throw new Error(`${next}: ${lease.offset_bytes}, ${lease.length_bytes} bytes`);
    }
    file.tasks.set(next, {
      id: next,
      file,
      length,
      state: 'uploading',
      epoch: first,
      holder: attempt,
      rival: null,
      uploadKey: null,
      uploadEpoch: first,
      attempts: 0,
      notBefore: 0,
      failures: new Map(),
    });
  }

  private mayTake(session: string, { id, failures, file }: Task, now: number): void {
    if (this.hosts.mayTake(session, { failures, refused: file.refused }, now)) return;
    throw new Error(`${id} is left to other hosts`);
  }

  private nextEpoch(task: Task, lease: Lease, now: number): void {
    task.epoch = Math.max(task.epoch + 1, now);
    if (lease.lease_epoch !== task.epoch) {
      throw new Error(`${task.id}: epoch ${lease.lease_epoch} (expected: ${task.epoch})`);
    }
  }

  private takeToReceive(
    session: string,
    { free_bytes }: LeaseRequest,
    leases: readonly Lease[],
    now: number,
  ): void {
    const room = (free_bytes ?? Number.MAX_SAFE_INTEGER) - this.promised(session);
    if (leases.length === 0) {
      if (this.hosts.rests(session, now)) return;
      const missed = [...this.tasks()].find((task) => this.isForReceiver(session, task, room, now));
      if (missed !== undefined) throw new Error(`${missed.id} was not handed out`);
      return this.restartStranded(now);
    }
    const begun = new Set<ModelFile>();
    for (const lease of leases) {
      const task = this.find(lease.task_id);
      if (task === null || !this.isForReceiver(session, task, room, now)) {
        throw new Error(`${lease.task_id} is ${task?.state}: not to be received`);
      }
      this.nextEpoch(task, lease, now);
      if (lease.object_key !== task.uploadKey) throw new Error(`${task.id}: wrong object`);
      task.state = 'downloading';
      task.holder = { session, epoch: task.epoch, takenAt: now, key: lease.object_key };
      if (task.file.domain === '') begun.add(task.file);
    }
    const needed = [...begun].reduce((sum, { bytes }) => sum + bytes, 0);
    if (begun.size > 0 && needed > room) throw new Error(`${needed} bytes do not fit into ${room}`);
    for (const file of begun) file.domain = this.hosts.session(session).domain;
  }

  /** What begun files of its domain will still need. */
  private promised(session: string): number {
    const { domain } = this.hosts.session(session);
    const files = [...this.files.values()].filter((file) => file.domain === domain);
    return files.reduce((sum, file) => sum + stillNeeded(file), 0);
  }

  private isForReceiver(session: string, task: Task, room: number, now: number): boolean {
    const { state, notBefore, failures, file } = task;
    const fits = file.domain === '' && file.bytes <= room;
    return (
      state === 'uploaded' &&
      notBefore <= now &&
      file.state === 'transferring' &&
      (fits || file.domain === this.hosts.session(session).domain) &&
      this.hosts.mayTake(session, { failures, refused: file.refused }, now)
    );
  }

  /** Of a former take: those that the session still holds. */
  again(session: string, leases: readonly Lease[]): Lease[] {
    return leases.filter((lease) => {
      const task = this.find(lease.task_id);
      return task !== null && this.held(task, lease, session) !== null;
    });
  }

  complete(session: string, lease: Lease, now: number): Answer {
    const task = this.find(lease.task_id);
    if (task === null) return 'lease_stale';
    const own = this.held(task, lease, session);
    if (own === null) return this.completedBy(task, lease) ? 'ok' : 'lease_stale';
    const key = `${task.id} ${lease.lease_epoch}`;
    if (this.completed.has(key)) throw new Error(`${key} completed twice`);
    this.completed.add(key);
    this.counts.completions += 1;
    this.hosts.succeeded(session);
    if (task.state === 'uploading') {
      this.addGarbage(task, this.other(task, own)?.key ?? null, now + LEASE_MS);
      Object.assign(task, {
        state: 'uploaded',
        uploadKey: own.key,
        uploadEpoch: own.epoch,
        holder: { ...own, epoch: task.epoch },
        rival: null,
        notBefore: 0,
      });
      return 'ok';
    }
    task.state = 'downloaded';
    this.addGarbage(task, task.uploadKey, now);
    if (isAllReceived(task.file)) {
      task.file.state = 'placing';
      this.failHeld();
    }
    return 'ok';
  }

  fail(session: string, lease: Lease, kind: FailKind, now: number): Answer {
    const task = this.find(lease.task_id);
    if (task === null) return 'lease_stale';
    const own = this.held(task, lease, session);
    if (own === null) return this.ended(task, lease, session);
    const counted = kind === 'retry' || kind === 'object_bad';
    if (kind === 'unreachable') this.hosts.refuse(session, task.file.refused, now);
    const backoff = counted ? now + BACKOFF_MS * 2 ** task.attempts : 0;
    if (kind === 'permanent' || (counted && this.failsForGood(task, session, backoff, now))) {
      const other = task.state === 'uploading' ? this.other(task, own) : null;
      this.addGarbage(task, own.key, now);
      this.addGarbage(task, other?.key ?? null, now + LEASE_MS);
      own.key = null;
      if (other !== null) other.key = null;
      task.state = 'failed';
      task.uploadKey = null;
      this.failFile(task.file, now);
    } else if (task.state === 'downloading' && kind !== 'object_bad') {
      task.state = 'uploaded';
    } else {
      this.abort(task, own, now, true);
    }
    task.notBefore = backoff;
    return 'ok';
  }

  private failsForGood(task: Task, session: string, backoff: number, now: number): boolean {
    const { failures } = task;
    task.attempts += 1;
    this.hosts.failed(session, task.id, failures, { now, until: backoff + POLL_MS });
    const { refused, domain, plan } = task.file;
    const sending = task.state === 'uploading';
    return this.isGivenUp(
      task.attempts,
      { failures, refused, sending, zone: plan.zone, domain },
      now,
    );
  }

  private isGivenUp(attempts: number, seen: Sought, now: number): boolean {
    const live = [...this.sessions.keys()].filter((each) => this.isOpen(each, now));
    return (
      seen.failures.size >= FAILED_HOSTS_MAX ||
      attempts >= FAILED_HOSTS_MAX * ATTEMPTS_MAX ||
      (attempts >= ATTEMPTS_MAX && !this.hosts.othersLeft(live, seen, now))
    );
  }

  private failFile(file: ModelFile, now: number): void {
    file.state = 'failed';
    this.discardObjects(file, now);
    for (const task of file.tasks.values()) {
      if (task.state === 'downloaded' || task.state === 'failed') continue;
      Object.assign(task, { state: 'failed', holder: null, rival: null, uploadKey: null });
    }
    this.failHeld();
  }

  release(session: string, lease: Lease, now: number): Answer {
    const task = this.find(lease.task_id);
    if (task === null) return 'lease_stale';
    const own = this.held(task, lease, session);
    if (own === null) return this.ended(task, lease, session);
    this.giveBack(task, own, now, true);
    return 'ok';
  }

  private ended(task: Task, lease: Named, session: string): Answer {
    const own = this.attempt(task, lease, session);
    return own !== null && !this.completedBy(task, lease) ? 'ok' : 'lease_stale';
  }

  /** Returns what the agent must learn to have lost: tasks, and files. */
  heartbeat(
    session: string,
    { tasks: named, files }: { tasks: readonly Named[]; files: readonly NamedFile[] },
    now: number,
  ): { tasks: string[]; files: string[] } {
    const found = this.sessions.get(session);
    if (found !== undefined) Object.assign(found, { expiresAt: now + LEASE_MS, lastSeen: now });
    const names = new Set(named.map((lease) => `${lease.task_id} ${lease.lease_epoch}`));
    for (const task of this.tasks()) {
      for (const attempt of [task.holder, task.rival]) {
        if (attempt?.session !== session || !this.isAlive(task, attempt)) continue;
        if (attempt.takenAt > now - LEASE_MS || names.has(`${task.id} ${attempt.epoch}`)) continue;
        this.giveBack(task, attempt, now + LEASE_MS, false);
      }
    }
    this.takeBackFiles(session, files, now);
    return {
      tasks: named.filter((lease) => this.isLost(session, lease)).map(({ task_id }) => task_id),
      files: files.filter((each) => this.isLostFile(session, each)).map(({ file_id }) => file_id),
    };
  }

  private isLost(session: string, lease: Named): boolean {
    const task = this.find(lease.task_id);
    if (task === null) return true;
    return this.held(task, lease, session) === null && !this.completedBy(task, lease);
  }

  private isLostFile(session: string, named: NamedFile): boolean {
    const { state, leaseEpoch } = this.file(named.file_id);
    const isPlaced = state === 'done' && leaseEpoch === named.lease_epoch;
    return !isPlaced && !this.holdsFile(session, named);
  }

  private takeBackFiles(session: string, named: readonly NamedFile[], now: number): void {
    for (const file of this.files.values()) {
      const { id, lease } = file;
      if (lease?.session !== session || lease.takenAt > now - LEASE_MS) continue;
      const isNamed = named.some(
        ({ file_id, lease_epoch }) => file_id === id && lease_epoch === lease.epoch,
      );
      if (isNamed) continue;
      file.lease = null;
      this.counts.filesTakenBack += 1;
    }
    this.failHeld();
  }

  retry(job: string): void {
    for (const file of this.files.values()) {
      if (file.state !== 'failed' || file.job !== job) continue;
      file.refused.clear();
      for (const task of file.tasks.values()) {
        if (task.state !== 'failed') continue;
        Object.assign(task, { state: 'pending', attempts: 0, notBefore: 0 });
        task.failures.clear();
      }
      file.restarts = 0;
      file.attempts = 0;
      file.failures.clear();
      if (file.slices === 0) file.state = 'unresolved';
      else file.state = isAllReceived(file) ? 'placing' : 'transferring';
    }
  }

  /** Keys of objects that may lie in a bucket: of all attempts so far, of some long ago and to come, and others. */
  keysAround(
    job: string,
    prefix: string,
    { now, ahead }: { now: number; ahead: number },
  ): string[] {
    const keys = ['notes.txt', `${prefix}notes.txt`];
    for (const file of this.files.values()) {
      if (file.job !== job) continue;
      for (let slice = 0; slice < file.slices; slice++) {
        for (const epoch of [now - 3 * LEASE_MS, now + ahead])
          keys.push(`${prefix}${file.id}/${slice}.${epoch}`);
      }
    }
    return [...keys, ...[...this.keys].filter((key) => key.startsWith(prefix))];
  }

  /** Of keys that a listing shows: makes garbage of those that nobody has or will get; returns these. */
  listed(keys: readonly string[], now: number): string[] {
    const unknown = keys.filter((key) => !this.garbage.has(key) && this.isDead(key, now));
    for (const key of unknown) {
      this.garbage.set(key, { file: this.fileOf(key), bytes: 0, notBefore: 0 });
    }
    this.counts.strays += unknown.length;
    return unknown;
  }

  isStray(key: string): boolean {
    return this.garbage.get(key)?.notBefore === 0;
  }

  private fileOf(key: string): ModelFile {
    return this.file(/\/(\d+)\//.exec(key)?.[1] ?? '');
  }

  private isDead(key: string, now: number): boolean {
    const [, fileId = '', slice = '', epoch = ''] = /\/(\d+)\/(\d+)\.(\d+)$/.exec(key) ?? [];
    const file = this.files.get(fileId);
    if (file === undefined) return false;
    const task = file.tasks.get(`${fileId}-${slice}`);
    if (task !== undefined && keysOf(task).includes(key)) return false;
    return Number(epoch) <= Math.max(task?.epoch ?? file.epochFloor, now - 2 * LEASE_MS);
  }

  /** Returns the bytes that the windows get back. */
  deleted(keys: readonly string[], now: number): number {
    let credited = 0;
    for (const key of new Set(keys)) {
      const found = this.garbage.get(key);
      if (found === undefined || found.notBefore > now) continue;
      credited += found.bytes;
      this.garbage.delete(key);
    }
    return credited;
  }
}
