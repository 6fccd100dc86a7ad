// SPDX-License-Identifier: Apache-2.0
import type { Lease } from '../../src/generated/messages';
import { ATTEMPTS_MAX, FAILED_HOSTS_MAX, Hosts, POLL_MS } from './model-hosts';
import type { Failures, Refused } from './model-hosts';

/**
 * What the coordinator promises, as plain objects: a reference for the real SQL. It doesn't choose what
 * a take hands out; it says whether that was allowed, and foresees everything else.
 */

export const LEASE_MS = 180_000;
export const BACKOFF_MS = 1000;
export const STEAL_MIN_MS = 1000;

/** Alive while it has a key. */
interface Attempt {
  readonly session: string;
  readonly epoch: number;
  readonly takenAt: number;
  key: string | null;
}

export interface Task {
  readonly id: string;
  readonly file: ModelFile;
  readonly length: number;
  state: 'pending' | 'uploading' | 'uploaded' | 'downloading' | 'downloaded' | 'failed';
  epoch: number;
  holder: Attempt | null;
  rival: Attempt | null;
  uploadKey: string | null;
  uploadEpoch: number;
  attempts: number;
  notBefore: number;
  readonly failures: Failures;
}

export interface ModelFile {
  readonly id: string;
  readonly slices: number;
  readonly group: string | null;
  readonly order: number;
  restarts: number;
  /** Epochs of its former lives. */
  epochFloor: number;
  state: 'transferring' | 'placing' | 'done' | 'failed';
  placing: { session: string; epoch: number } | null;
  readonly tasks: Map<string, Task>;
  readonly refused: Refused;
}

interface Session {
  open: boolean;
  expiresAt: number;
}

type Named = Pick<Lease, 'task_id' | 'lease_epoch'>;
export type FailKind = 'retry' | 'unreachable' | 'object_bad' | 'permanent';

export class Model {
  readonly sessions = new Map<string, Session>();
  readonly files = new Map<string, ModelFile>();
  readonly garbage = new Map<string, { bytes: number; notBefore: number }>();
  /** Every epoch of every task that was handed out, and those that completed. */
  private readonly handedOut = new Set<string>();
  private readonly completed = new Set<string>();
  private readonly hosts = new Hosts();
  steals = 0;
  completions = 0;
  groupPlacings = 0;
  reclaims = 0;
  strays = 0;

  constructor(private readonly windowBytes: number) {}

  addFile(id: string, slices: number, group: string | null, order: number): void {
    this.files.set(id, {
      id,
      slices,
      group,
      order,
      restarts: 0,
      epochFloor: 0,
      state: 'transferring',
      placing: null,
      tasks: new Map(),
      refused: new Map(),
    });
  }

  /** Files of its group up to its order, itself among them. */
  private upTo(file: ModelFile): ModelFile[] {
    if (file.group === null) return [file];
    return [...this.files.values()].filter(
      ({ group, order }) => group === file.group && order <= file.order,
    );
  }

  /** Lower orders first; those of one order together, once all are staged. */
  mayPlace(file: ModelFile): boolean {
    if (file.state !== 'placing' || file.placing !== null) return false;
    return this.upTo(file).every(
      ({ state, order }) => state === 'done' || (state === 'placing' && order === file.order),
    );
  }

  /** What waits for a failed file fails; not what is being placed. */
  private failHeld(): void {
    for (const file of this.files.values()) {
      if (file.state !== 'placing' || file.placing !== null) continue;
      if (this.upTo(file).some(({ state }) => state === 'failed')) file.state = 'failed';
    }
  }

  /** Throws where it was not to be handed out. */
  takePlacing(session: string, id: string, epoch: number): void {
    const file = this.files.get(id);
    if (file === undefined || !this.mayPlace(file)) {
      throw new Error(`file ${id} is ${file?.state}: not to be placed now`);
    }
    file.placing = { session, epoch };
    if (file.group !== null) this.groupPlacings += 1;
  }

  placed(ids: readonly string[], outcome: 'placed' | 'failed' | 'restart' | 'release'): void {
    for (const id of ids) {
      const file = this.files.get(id);
      if (file === undefined) throw new Error(`file ${id} is not known`);
      file.placing = null;
      if (outcome === 'placed') file.state = 'done';
      if (outcome === 'failed') file.state = 'failed';
      if (outcome === 'restart') this.restart(file);
    }
    this.failHeld();
  }

  private restart(file: ModelFile): void {
    if (file.restarts + 1 >= ATTEMPTS_MAX) {
      file.state = 'failed';
      return;
    }
    file.restarts += 1;
    file.state = 'transferring';
    for (const { epoch } of file.tasks.values()) file.epochFloor = Math.max(file.epochFloor, epoch);
    file.tasks.clear();
  }

  *tasks(): Iterable<Task> {
    for (const file of this.files.values()) yield* file.tasks.values();
  }

  windowUsed(): number {
    let used = [...this.garbage.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const task of this.tasks()) used += task.length * this.keysOf(task).length;
    return used;
  }

  /** Objects of a task that aren't garbage: each is in the window. */
  keysOf(task: Task): string[] {
    switch (task.state) {
      case 'uploading':
        return [task.holder, task.rival].flatMap((each) => each?.key ?? []);
      case 'uploaded':
      case 'downloading':
        return task.uploadKey === null ? [] : [task.uploadKey];
      case 'pending':
      case 'downloaded':
      case 'failed':
        return [];
    }
  }

  isOpen(session: string, now: number): boolean {
    const found = this.sessions.get(session);
    return found !== undefined && found.open && found.expiresAt > now;
  }

  open(session: string, host: string, now: number): void {
    this.hosts.open(session, host);
    this.sessions.set(session, { open: true, expiresAt: now + LEASE_MS });
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
      this.reclaims += 1;
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
      if (file.placing?.session === session) file.placing = null;
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
    this.garbage.set(key, { bytes: task.length, notBefore });
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
  take(session: string, direction: 'send' | 'recv', leases: readonly Lease[], now: number): void {
    this.hosts.take(session, direction, leases.length, now);
    let steals = 0;
    for (const lease of leases) {
      const key = `${lease.task_id} ${lease.lease_epoch}`;
      if (this.handedOut.has(key)) throw new Error(`${key} handed out twice`);
      this.handedOut.add(key);
      if (direction === 'recv') this.takeUploaded(session, lease, now);
      else if (this.takeToSend(session, lease, now)) steals += 1;
    }
    if (steals > 0 && steals < leases.length) throw new Error('stole while something was pending');
    this.steals += steals;
    if (this.windowUsed() > this.windowBytes)
      throw new Error(`window passed: ${this.windowUsed()}`);
  }

  private takeToSend(session: string, lease: Lease, now: number): boolean {
    const file = this.files.get(lease.file_id);
    if (file?.state !== 'transferring') throw new Error(`file of ${lease.task_id} is over`);
    const attempt: Attempt = {
      session,
      epoch: lease.lease_epoch,
      takenAt: now,
      key: lease.object_key,
    };
    const known = file.tasks.get(lease.task_id);
    if (known === undefined) {
      const next = `${file.id}-${file.tasks.size}`;
      const first = file.epochFloor + 1;
      if (lease.task_id !== next || lease.lease_epoch !== first || file.tasks.size >= file.slices) {
        throw new Error(
          `${lease.task_id} epoch ${lease.lease_epoch} is not ${next} epoch ${first}`,
        );
      }
      file.tasks.set(lease.task_id, {
        id: lease.task_id,
        file,
        length: lease.length_bytes,
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
      return false;
    }
    this.nextEpoch(known, lease);
    this.hosts.mayTake(session, known.failures, now);
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

  private nextEpoch(task: Task, lease: Lease): void {
    task.epoch += 1;
    if (lease.lease_epoch !== task.epoch) {
      throw new Error(`${task.id}: epoch ${lease.lease_epoch} (expected: ${task.epoch})`);
    }
  }

  private takeUploaded(session: string, lease: Lease, now: number): void {
    const task = this.find(lease.task_id);
    if (task === null) throw new Error(`task ${lease.task_id} was never sent`);
    if (task.state !== 'uploaded' || task.notBefore > now || task.file.state !== 'transferring') {
      throw new Error(`${task.id} is ${task.state}: not to be received`);
    }
    this.nextEpoch(task, lease);
    this.hosts.mayTake(session, task.failures, now);
    if (lease.object_key !== task.uploadKey) throw new Error(`${task.id}: wrong object`);
    task.state = 'downloading';
    task.holder = { session, epoch: task.epoch, takenAt: now, key: lease.object_key };
  }

  /** Of a former take: those that the session still holds. */
  again(session: string, leases: readonly Lease[]): Lease[] {
    return leases.filter((lease) => {
      const task = this.find(lease.task_id);
      return task !== null && this.held(task, lease, session) !== null;
    });
  }

  complete(session: string, lease: Lease, now: number): 'ok' | 'lease_stale' {
    const task = this.find(lease.task_id);
    if (task === null) return 'lease_stale';
    const own = this.held(task, lease, session);
    if (own === null) return this.completedBy(task, lease) ? 'ok' : 'lease_stale';
    const key = `${task.id} ${lease.lease_epoch}`;
    if (this.completed.has(key)) throw new Error(`${key} completed twice`);
    this.completed.add(key);
    this.completions += 1;
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
    const tasks = [...task.file.tasks.values()];
    if (tasks.length === task.file.slices && tasks.every(({ state }) => state === 'downloaded')) {
      task.file.state = 'placing';
      this.failHeld();
    }
    return 'ok';
  }

  fail(session: string, lease: Lease, kind: FailKind, now: number): 'ok' | 'lease_stale' {
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
    const live = [...this.sessions.keys()].filter((each) => this.isOpen(each, now));
    const seen = { failures, refused: task.file.refused, sending: task.state === 'uploading' };
    return (
      failures.size >= FAILED_HOSTS_MAX ||
      task.attempts >= FAILED_HOSTS_MAX * ATTEMPTS_MAX ||
      (task.attempts >= ATTEMPTS_MAX && !this.hosts.othersLeft(live, seen, now))
    );
  }

  private failFile(file: ModelFile, now: number): void {
    file.state = 'failed';
    for (const task of file.tasks.values()) {
      if (task.state === 'downloaded' || task.state === 'failed') continue;
      const at = task.state === 'uploaded' ? now : now + LEASE_MS;
      for (const key of this.keysOf(task)) this.addGarbage(task, key, at);
      Object.assign(task, { state: 'failed', holder: null, rival: null, uploadKey: null });
    }
    this.failHeld();
  }

  release(session: string, lease: Lease, now: number): 'ok' | 'lease_stale' {
    const task = this.find(lease.task_id);
    if (task === null) return 'lease_stale';
    const own = this.held(task, lease, session);
    if (own === null) return this.ended(task, lease, session);
    this.giveBack(task, own, now, true);
    return 'ok';
  }

  private ended(task: Task, lease: Named, session: string): 'ok' | 'lease_stale' {
    const own = this.attempt(task, lease, session);
    return own !== null && !this.completedBy(task, lease) ? 'ok' : 'lease_stale';
  }

  /** Returns what the agent must learn to have lost. */
  heartbeat(session: string, named: readonly Named[], now: number): string[] {
    const found = this.sessions.get(session);
    if (found !== undefined) found.expiresAt = now + LEASE_MS;
    const names = new Set(named.map((lease) => `${lease.task_id} ${lease.lease_epoch}`));
    for (const task of this.tasks()) {
      for (const attempt of [task.holder, task.rival]) {
        if (attempt?.session !== session || !this.isAlive(task, attempt)) continue;
        if (attempt.takenAt > now - LEASE_MS || names.has(`${task.id} ${attempt.epoch}`)) continue;
        this.giveBack(task, attempt, now + LEASE_MS, false);
      }
    }
    return named
      .filter((lease) => {
        const task = this.find(lease.task_id);
        if (task === null) return true;
        return this.held(task, lease, session) === null && !this.completedBy(task, lease);
      })
      .map(({ task_id }) => task_id);
  }

  retry(): void {
    for (const file of this.files.values()) {
      if (file.state !== 'failed') continue;
      file.refused.clear();
      const tasks = [...file.tasks.values()];
      for (const task of tasks) {
        if (task.state !== 'failed') continue;
        Object.assign(task, { state: 'pending', attempts: 0, notBefore: 0 });
        task.failures.clear();
      }
      const all =
        tasks.length === file.slices && tasks.every(({ state }) => state === 'downloaded');
      file.state = all ? 'placing' : 'transferring';
      file.restarts = 0;
    }
  }

  /** Keys of objects that may lie in a bucket: of all attempts so far, of some to come, and others. */
  keysAround(prefix: string, ahead: number): string[] {
    const keys = ['notes.txt', `${prefix}notes.txt`];
    for (const file of this.files.values()) {
      for (let slice = 0; slice < file.slices; slice++) {
        const last = (file.tasks.get(`${file.id}-${slice}`)?.epoch ?? file.epochFloor) + ahead;
        for (let epoch = 1; epoch <= last; epoch++)
          keys.push(`${prefix}${file.id}/${slice}.${epoch}`);
      }
    }
    return keys;
  }

  /** Of keys that a listing shows: makes garbage of those that nobody has or will get; returns these. */
  listed(keys: readonly string[]): string[] {
    const unknown = keys.filter((key) => !this.garbage.has(key) && this.isDead(key));
    for (const key of unknown) this.garbage.set(key, { bytes: 0, notBefore: 0 });
    this.strays += unknown.length;
    return unknown;
  }

  isStray(key: string): boolean {
    return this.garbage.get(key)?.notBefore === 0;
  }

  private isDead(key: string): boolean {
    const [, fileId = '', slice = '', epoch = ''] = /\/(\d+)\/(\d+)\.(\d+)$/.exec(key) ?? [];
    const file = this.files.get(fileId);
    if (file === undefined) return false;
    if (file.state === 'done') return true;
    const task = file.tasks.get(`${fileId}-${slice}`);
    if (task === undefined) return Number(epoch) <= file.epochFloor;
    return Number(epoch) <= task.epoch && !this.keysOf(task).includes(key);
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
