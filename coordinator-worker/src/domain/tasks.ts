// SPDX-License-Identifier: Apache-2.0
import type {
  CompleteBatch,
  CompletedTask,
  FailBatch,
  FailedTask,
  HeldLease,
  ReleaseBatch,
} from '../generated/messages';
import { countFailure, ERROR_CHARS_MAX } from './failures';
import type { Attempt, LeasedState, TaskLookup, TaskRow, TaskTransition } from './model';
import { parseTaskId, taskId } from './names';
import type { Needs } from './ports/ports';
import type { ItemAnswer, Refusal } from './refusal';
import { REFUSED_MS, type Settings } from './settings';
import { isOtherSource } from './stamps';

/**
 * What the holder of a lease reports: done, failed, given back.
 *
 * Rows are read, a pure rule says what each item comes to, and one transaction applies that under the
 * condition that session, epoch and state are still those read. What the rows say afterwards is the
 * answer; so a repeated item, which meets its own work, is told that it is done.
 */

export async function completeTasks(
  ports: Needs<'taskLeases' | 'fileLeases'>,
  batch: CompleteBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  return report(ports, batch, {
    transition: (item, row, file) =>
      isOfOtherSource(item, file)
        ? readElsewhere(item, row, { sessionId: batch.session_id, file, now })
        : completed(item, row, batch.session_id, now),
    isOther: isOfOtherSource,
    refuse: (item, row) => refuseComplete(item, row, batch.session_id),
    now,
    laterMs: settings.leaseDurationMs,
  });
}

export async function failTasks(
  ports: Needs<'sessions' | 'taskLeases' | 'fileLeases'>,
  batch: FailBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  const session = await ports.sessions.find(batch.session_id);
  // Without a session nothing is held.
  const host = session?.host ?? '';
  const refs = batch.items.map((item) => parseTaskId(item.task_id));
  const untried = await ports.taskLeases.untriedElsewhere(refs, host, now);
  return report(ports, batch, {
    isOther: ({ kind }) => kind === 'source_other',
    transition: (item, row, file) => {
      const own = held(row, item, batch.session_id);
      if (own === null) return null;
      if (item.kind === 'source_other') return turnedAway(errorText(item), own, { file, now });
      return failed(item, own, { host, othersLeft: untried.has(item.task_id), settings, now });
    },
    refuse: (item, row) => refuseEnded(item, row, batch.session_id),
    now,
    laterMs: settings.leaseDurationMs,
  });
}

export async function releaseTasks(
  ports: Needs<'taskLeases' | 'fileLeases'>,
  batch: ReleaseBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  return report(ports, batch, {
    transition: (item, row) => {
      const own = held(row, item, batch.session_id);
      return own === null ? null : givenBack(own, now, { byHolder: true });
    },
    refuse: (item, row) => refuseEnded(item, row, batch.session_id),
    now,
    laterMs: settings.leaseDurationMs,
  });
}

/** What of a task's file its reports depend on. */
interface FileFacts {
  readonly sourceStamp: string | null;
  /** Whether another host may still have what its slices were read from. */
  readonly elsewhere: boolean;
}

interface Report<T> {
  readonly transition: (item: T, row: TaskRow, file: FileFacts) => TaskTransition | null;
  /** Whether the sender's source is not the one that the file's slices are from. */
  readonly isOther?: (item: T, file: { readonly sourceStamp: string | null }) => boolean;
  readonly refuse: (item: T, row: TaskRow) => Refusal | null;
  readonly now: number;
  /** An attempt that is cut off may go on writing for so long. */
  readonly laterMs: number;
}

async function report<T extends HeldLease>(
  ports: Needs<'taskLeases' | 'fileLeases'>,
  batch: { session_id: string; items: T[] },
  rules: Report<T>,
): Promise<ItemAnswer[]> {
  const { taskLeases } = ports;
  const refs = batch.items.map((item) => parseTaskId(item.task_id));
  const before = await taskLeases.find(refs);
  const elsewhere = await reachedElsewhere(ports, batch, before, rules);
  const transitions = new Map<string, TaskTransition>();
  for (const item of batch.items) {
    const key = taskId(parseTaskId(item.task_id));
    const row = before.tasks.get(key);
    const sourceStamp = before.files.get(row?.fileId ?? 0)?.sourceStamp ?? null;
    const file = { sourceStamp, elsewhere: elsewhere.has(row?.fileId ?? 0) };
    const transition = row === undefined ? null : rules.transition(item, row, file);
    if (transition !== null && !transitions.has(key)) transitions.set(key, transition);
  }
  const after =
    transitions.size === 0
      ? before
      : await taskLeases.move(batch.session_id, [...transitions.values()], {
          refs,
          now: rules.now,
          laterAt: rules.now + rules.laterMs,
        });
  return batch.items.map((item) => ({ id: item.task_id, refusal: judge(item, after, rules) }));
}

/** Of the files of reports that are about another source; asked only where there is such a one. */
async function reachedElsewhere<T extends HeldLease>(
  { fileLeases }: Needs<'fileLeases'>,
  batch: { session_id: string; items: T[] },
  before: TaskLookup,
  { isOther, now }: Report<T>,
): Promise<ReadonlySet<number>> {
  const ids = batch.items.flatMap((item) => {
    const { fileId } = parseTaskId(item.task_id);
    const file = before.files.get(fileId);
    return file !== undefined && isOther?.(item, file) === true ? [fileId] : [];
  });
  if (ids.length === 0) return new Set();
  return fileLeases.reachedElsewhere([...new Set(ids)], batch.session_id, now);
}

function judge<T extends HeldLease>(item: T, found: TaskLookup, rules: Report<T>): Refusal | null {
  const ref = parseTaskId(item.task_id);
  const row = found.tasks.get(taskId(ref));
  if (row !== undefined) return rules.refuse(item, row);
  const file = found.files.get(ref.fileId);
  if (file === undefined || ref.sliceNo >= file.slicesTotal) {
    return { reason: 'task_unknown', taskId: item.task_id };
  }
  return stale(item, file.epochFloor);
}

/** A leased task as one of its attempts sees it: session, epoch and key are that attempt's. */
export type HeldRow = TaskRow & { state: LeasedState; objectKey: string };

/** The task as held by this lease of the session, alone or beside another attempt; null: it isn't. */
export function held(row: TaskRow, lease: HeldLease, sessionId: string): HeldRow | null {
  const attempt = attemptOf(row, lease, sessionId);
  const { state } = row;
  if (attempt === null || attempt.objectKey === null || !isLeased(state)) return null;
  const { session, epoch, objectKey } = attempt;
  return { ...row, state, leaseSession: session, leaseEpoch: epoch, objectKey };
}

const isLeased = (state: TaskRow['state']): state is LeasedState =>
  state === 'uploading' || state === 'downloading';

function attemptOf(row: TaskRow, lease: HeldLease, sessionId: string): Attempt | null {
  const { leaseSession: session, leaseEpoch: epoch, objectKey, rival } = row;
  const attempts = [
    ...(session === null ? [] : [{ session, epoch, objectKey }]),
    ...(rival === null ? [] : [rival]),
  ];
  return (
    attempts.find((each) => each.session === sessionId && each.epoch === lease.lease_epoch) ?? null
  );
}

/** Whether this very lease ended by its holder's `complete`. */
export function completedBy(row: TaskRow, lease: HeldLease): boolean {
  const sent =
    row.uploadEpoch === lease.lease_epoch &&
    (row.state === 'uploaded' || row.state === 'downloading' || row.state === 'downloaded');
  return sent || (row.state === 'downloaded' && row.leaseEpoch === lease.lease_epoch);
}

function completed(
  item: CompletedTask,
  row: TaskRow,
  sessionId: string,
  now: number,
): TaskTransition | null {
  const own = held(row, item, sessionId);
  if (own === null || mismatch(item, own) !== null) return null;
  if (changedSource(item, own) !== null) {
    const error = `source_changed: slice is ${item.sha256} (expected: ${own.repairSha256}, as placed)`;
    return { ...ending(own), to: 'failed', garbageAt: now, error, byHolder: true };
  }
  const sending = own.state === 'uploading';
  return {
    ...ending(own),
    to: sending ? 'uploaded' : 'downloaded',
    garbageAt: sending ? null : now,
    sha256: item.sha256,
    ...(sending ? { sourceMetadata: item.source_metadata ?? null } : {}),
    sourceStamp: item.source_stamp ?? null,
    byHolder: true,
  };
}

const isOfOtherSource = (
  { source_stamp: stamp }: CompletedTask,
  { sourceStamp }: { readonly sourceStamp: string | null },
): boolean =>
  stamp !== undefined &&
  stamp !== null &&
  sourceStamp !== null &&
  isOtherSource(stamp, sourceStamp);

/** A slice that was sent from another source than those before: it doesn't count. */
function readElsewhere(
  item: CompletedTask,
  row: TaskRow,
  { sessionId, file, now }: { sessionId: string; file: FileFacts; now: number },
): TaskTransition | null {
  const own = held(row, item, sessionId);
  if (own?.state !== 'uploading' || mismatch(item, own) !== null) return null;
  const detail = `a slice was read from ${item.source_stamp} (expected: ${file.sourceStamp}, as slices before it; size:mtime:ctime:inode); plan again with a new profile`;
  return turnedAway(errorText({ reason: 'source_changed', detail }), own, { file, now });
}

/**
 * The host has another source than the one that the file's slices are from: the file is left to others for a while.
 * Where there are none the source has changed.
 */
function turnedAway(
  error: string,
  row: HeldRow,
  { file, now }: { file: FileFacts; now: number },
): TaskTransition {
  return {
    ...ending(row),
    to: file.elsewhere ? 'pending' : 'failed',
    garbageAt: now,
    error,
    refusedUntil: now + REFUSED_MS,
    byHolder: true,
  };
}

/** A slice that is sent to repair one must be what was placed, or the file would become a mixture. */
const changedSource = (item: CompletedTask, { repairSha256 }: TaskRow): Refusal | null =>
  repairSha256 === null ? null : differs(item, 'sha256', repairSha256);

function refuseComplete(item: CompletedTask, row: TaskRow, sessionId: string): Refusal | null {
  const changed = changedSource(item, row);
  if (changed !== null) return changed;
  if (completedBy(row, item)) return mismatch(item, row);
  const own = held(row, item, sessionId);
  return own === null ? stale(item, row.leaseEpoch) : mismatch(item, own);
}

/** The first thing in which the report isn't about the leased object. */
function mismatch(item: CompletedTask, row: TaskRow): Refusal | null {
  return (
    differs(item, 'object_key', row.objectKey) ??
    differs(item, 'size_bytes', row.lengthBytes) ??
    (row.state === 'uploading' ? null : differs(item, 'sha256', row.sha256))
  );
}

function differs(
  item: CompletedTask,
  field: 'object_key' | 'size_bytes' | 'sha256',
  expected: string | number | null,
): Refusal | null {
  if (item[field] === expected) return null;
  return {
    reason: 'object_mismatch',
    taskId: item.task_id,
    field,
    presented: String(item[field]),
    expected: String(expected),
  };
}

interface FailedOn {
  readonly host: string;
  /** Whether a live host reaches the task on which it has not failed. */
  readonly othersLeft: boolean;
  readonly settings: Settings;
  readonly now: number;
}

/** What a failed attempt comes to. */
function failed(item: FailedTask, row: HeldRow, on: FailedOn): TaskTransition {
  const { now } = on;
  const counted = item.kind === 'retry' || item.kind === 'object_bad' ? count(item, row, on) : null;
  const base = {
    ...ending(row),
    error: errorText(item),
    byHolder: true,
    refusedUntil: item.kind === 'unreachable' ? now + REFUSED_MS : null,
    mayComeLate: row.state === 'uploading' && item.kind === 'retry',
    ...(counted?.counts ?? {}),
  };
  if (item.kind === 'permanent' || counted?.givenUp === true) {
    return { ...base, to: 'failed', garbageAt: now };
  }
  if (row.state === 'downloading' && item.kind !== 'object_bad') {
    return { ...base, to: 'uploaded', garbageAt: null };
  }
  return { ...base, to: 'pending', garbageAt: now };
}

function count(item: FailedTask, row: HeldRow, on: FailedOn) {
  const { givenUp, ...counts } = countFailure(row, { ...on, error: errorText(item) });
  return { counts, givenUp };
}

export const errorText = ({ reason, detail }: { reason: string; detail: string }): string =>
  `${reason}: ${detail}`.slice(0, ERROR_CHARS_MAX);

/** The lease ends and the task waits for the next taker; no attempt is counted. */
export function givenBack(
  row: HeldRow,
  garbageAt: number,
  { byHolder }: { byHolder: boolean },
): TaskTransition {
  const sending = row.state === 'uploading';
  return {
    ...ending(row),
    to: sending ? 'pending' : 'uploaded',
    garbageAt: sending ? garbageAt : null,
    mayComeLate: sending,
    byHolder,
  };
}

/** A fail or release that met its own work is done; any other that doesn't hold the lease is stale. */
function refuseEnded(item: HeldLease, row: TaskRow, sessionId: string): Refusal | null {
  const endedByIt =
    attemptOf(row, item, sessionId) !== null &&
    held(row, item, sessionId) === null &&
    !completedBy(row, item);
  return endedByIt ? null : stale(item, row.leaseEpoch);
}

function stale(item: HeldLease, currentEpoch: number): Refusal {
  return {
    reason: 'lease_stale',
    subject: 'Task',
    id: item.task_id,
    presentedEpoch: item.lease_epoch,
    currentEpoch,
  };
}

function ending(row: HeldRow) {
  return {
    fileId: row.fileId,
    sliceNo: row.sliceNo,
    epoch: row.leaseEpoch,
    from: row.state,
    sha256: row.state === 'downloading' ? row.sha256 : null,
    sourceStamp: null,
    attempts: row.attempts,
    notBefore: 0,
    failures: null,
    error: null,
    refusedUntil: null,
    mayComeLate: false,
  };
}
