// SPDX-License-Identifier: Apache-2.0
import type {
  PlacedBatch,
  PlacedItem,
  ProvedBatch,
  ProvedItem,
  ResolvedBatch,
  ResolvedItem,
  SlicePage,
  SlicesRequest,
} from '../generated/messages';
import { countFailure, ERROR_CHARS_MAX } from './failures';
import type { FileRow, FileTransition } from './model';
import { appendPath } from './names';
import { cutAppend, cutFull } from './plan';
import type { Needs } from './ports/ports';
import { RefusedError, type ItemAnswer, type Refusal } from './refusal';
import { REFUSED_MS, type Settings } from './settings';

/** What leases on whole files come to: the check of a prefix, the proof of one state, and placing. */

interface FileItem {
  readonly file_id: string;
  readonly lease_epoch: number;
}

export async function resolveFiles(
  ports: Needs<'fileLeases'>,
  batch: ResolvedBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  return report(ports, batch, {
    holds: ({ state }) => state === 'unresolved',
    transition: (item, row) => resolved(item, row, now),
    isRepeat: (item, row) => repeatsVerdict(item, row),
    settings,
    now,
  });
}

export async function placeFiles(
  ports: Needs<'sessions' | 'fileLeases'>,
  batch: PlacedBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  const tried = batch.items.filter(({ outcome }) => outcome === 'retry');
  const failing = tried.length === 0 ? null : await failingOn(ports, batch.session_id, tried, now);
  return report(ports, batch, {
    holds: ({ state, unproved }) => state === 'placing' && !unproved,
    transition: (item, row) => placed(item, row, { ...(failing ?? NOWHERE), settings, now }),
    isRepeat: (item, row) => repeatsPlacing(item, row),
    settings,
    now,
  });
}

interface FailingOn {
  readonly host: string;
  /** Files that other live hosts of their domain have not failed at. */
  readonly untried: ReadonlySet<number>;
}

const NOWHERE: FailingOn = { host: '', untried: new Set() };

async function failingOn(
  { sessions, fileLeases }: Needs<'sessions' | 'fileLeases'>,
  sessionId: string,
  tried: readonly FileItem[],
  now: number,
): Promise<FailingOn> {
  // Without a session nothing is held.
  const host = (await sessions.find(sessionId))?.host ?? '';
  const ids = tried.map(({ file_id }) => Number(file_id));
  return { host, untried: await fileLeases.untriedElsewhere(ids, host, now) };
}

export async function proveFiles(
  ports: Needs<'fileLeases'>,
  batch: ProvedBatch,
  settings: Settings,
  now: number,
): Promise<ItemAnswer[]> {
  const others = batch.items.filter(({ outcome }) => outcome === 'other');
  const ids = others.map(({ file_id }) => Number(file_id));
  const elsewhere =
    ids.length === 0
      ? new Set<number>()
      : await ports.fileLeases.reachedElsewhere(ids, batch.session_id, now);
  return report(ports, batch, {
    holds: isProving,
    transition: (item, row) => proved(item, row, { now, elsewhere: elsewhere.has(row.fileId) }),
    isRepeat: (item, row) => repeatsProof(item, row),
    settings,
    now,
  });
}

/** Of a file that the caller proves. */
export async function slicesToProve(
  { fileLeases, fileTakes }: Needs<'fileLeases' | 'fileTakes'>,
  { session_id: sessionId, file_id: id, lease_epoch, after, limit }: SlicesRequest,
): Promise<SlicePage> {
  const fileId = Number(id);
  const row = (await fileLeases.find([fileId])).get(fileId);
  if (row === undefined) throw new RefusedError({ reason: 'file_unknown', fileId: id });
  const lease = { file_id: id, lease_epoch };
  if (!isProving(row) || !isLeasedTo(row, lease, sessionId)) {
    throw new RefusedError(stale(lease, row));
  }
  const found = await fileTakes.slices(fileId, { after, limit });
  const last = found.length < limit ? null : (found.at(-1)?.sliceNo ?? null);
  return { slices: found.map(({ slice }) => slice), next: last };
}

const isProving = ({ state, unproved }: FileRow): boolean => state === 'placing' && unproved;

interface Report<T> {
  readonly holds: (row: FileRow) => boolean;
  readonly transition: (item: T, row: FileRow) => FileTransition;
  readonly isRepeat: (item: T, row: FileRow) => boolean;
  readonly settings: Settings;
  readonly now: number;
}

async function report<T extends FileItem>(
  { fileLeases }: Needs<'fileLeases'>,
  batch: { session_id: string; items: T[] },
  rules: Report<T>,
): Promise<ItemAnswer[]> {
  const ids = batch.items.map((item) => Number(item.file_id));
  const before = await fileLeases.find(ids);
  const transitions = new Map<number, FileTransition>();
  for (const item of batch.items) {
    const row = before.get(Number(item.file_id));
    if (row === undefined || transitions.has(row.fileId)) continue;
    if (rules.holds(row) && isLeasedTo(row, item, batch.session_id)) {
      transitions.set(row.fileId, rules.transition(item, row));
    }
  }
  const after =
    transitions.size === 0
      ? before
      : await fileLeases.move(batch.session_id, [...transitions.values()], {
          ids,
          now: rules.now,
          laterAt: rules.now + rules.settings.leaseDurationMs,
        });
  return batch.items.map((item) => {
    const row = after.get(Number(item.file_id));
    return { id: item.file_id, refusal: judge(item, row, rules) };
  });
}

const isLeasedTo = (row: FileRow, item: FileItem, sessionId: string): boolean =>
  row.leaseSession === sessionId && row.leaseEpoch === item.lease_epoch;

function judge<T extends FileItem>(
  item: T,
  row: FileRow | undefined,
  rules: Report<T>,
): Refusal | null {
  if (row === undefined) return { reason: 'file_unknown', fileId: item.file_id };
  if (row.leaseEpoch === item.lease_epoch && rules.isRepeat(item, row)) return null;
  return stale(item, row);
}

function stale(item: FileItem, row: FileRow): Refusal {
  return {
    reason: 'lease_stale',
    subject: 'File',
    id: item.file_id,
    presentedEpoch: item.lease_epoch,
    currentEpoch: row.leaseEpoch,
  };
}

function resolved(item: ResolvedItem, row: FileRow, now: number): FileTransition {
  const lease = { fileId: row.fileId, epoch: row.leaseEpoch };
  switch (item.verdict) {
    case 'full':
      return {
        ...lease,
        kind: 'resolved',
        mode: 'full',
        ...cutFull(row.plannedPath, row.sizeBytes, row.sliceSizeBytes),
      };
    case 'append': {
      // The plan was refused unless an unresolved file has a target size.
      const targetSizeBytes = row.targetSizeBytes ?? 0;
      const path = appendPath(row.plannedPath, targetSizeBytes);
      const cut = cutAppend(
        path,
        { sizeBytes: row.sizeBytes, targetSizeBytes },
        row.sliceSizeBytes,
      );
      return { ...lease, kind: 'resolved', mode: 'append', ...cut };
    }
    case 'unreachable':
      return {
        ...lease,
        kind: 'unreachable',
        until: now + REFUSED_MS,
        error: item.detail ?? 'unreachable',
      };
    case 'failed':
      return { ...lease, kind: 'failed', error: item.detail ?? 'prefix check failed' };
  }
}

function repeatsVerdict(item: ResolvedItem, row: FileRow): boolean {
  switch (item.verdict) {
    case 'full':
    case 'append':
      return row.mode === item.verdict;
    case 'unreachable':
      return row.state === 'unresolved' && row.leaseSession === null;
    case 'failed':
      return row.state === 'failed';
  }
}

type PlacedOn = FailingOn & { readonly settings: Settings; readonly now: number };

function placed(item: PlacedItem, row: FileRow, on: PlacedOn): FileTransition {
  const lease = { fileId: row.fileId, epoch: row.leaseEpoch };
  const detail = item.detail ?? item.outcome;
  switch (item.outcome) {
    case 'placed':
      return { ...lease, kind: 'placed', targetPath: item.target_path ?? null };
    case 'failed':
      return { ...lease, kind: 'failed', error: detail };
    case 'retry':
      return { ...lease, ...placedLater(detail, row, on) };
    case 'restart':
      return row.restarts + 1 >= on.settings.attemptsMax
        ? { ...lease, kind: 'failed', error: `restarted ${row.restarts} times; last: ${detail}` }
        : { ...lease, kind: 'restart', error: detail };
    case 'release':
      return { ...lease, kind: 'released' };
  }
}

/** A host could not: others may, or it later; where nobody can, the file has failed. */
function placedLater(error: string, row: FileRow, { untried, ...on }: PlacedOn) {
  const othersLeft = untried.has(row.fileId);
  const { givenUp, attempts, failures } = countFailure(row, { ...on, error, othersLeft });
  if (!givenUp) return { kind: 'retry', attempts, failures, error } as const;
  const hosts = Object.keys(failures).join(', ');
  const said = `not placed in ${attempts} attempts on ${hosts}: ${error}`;
  return { kind: 'failed', error: said.slice(0, ERROR_CHARS_MAX) } as const;
}

function repeatsPlacing(item: PlacedItem, row: FileRow): boolean {
  switch (item.outcome) {
    case 'placed':
      return row.state === 'done';
    case 'failed':
      return row.state === 'failed';
    case 'restart':
      return row.state === 'transferring' || row.state === 'failed';
    case 'retry':
    case 'release':
      // Its group may have failed meanwhile, and the file with it.
      return ['placing', 'failed'].includes(row.state) && row.leaseSession === null;
  }
}

interface Proving {
  readonly now: number;
  readonly elsewhere: boolean;
}

function proved(item: ProvedItem, row: FileRow, { now, elsewhere }: Proving): FileTransition {
  const lease = { fileId: row.fileId, epoch: row.leaseEpoch };
  const error = item.detail ?? item.outcome;
  switch (item.outcome) {
    case 'proved':
      return { ...lease, kind: 'proved' };
    case 'changed':
      return { ...lease, kind: 'failed', error };
    case 'other':
      return elsewhere
        ? { ...lease, kind: 'unreachable', until: now + REFUSED_MS, error }
        : { ...lease, kind: 'failed', error };
    case 'unreachable':
      return { ...lease, kind: 'unreachable', until: now + REFUSED_MS, error };
    case 'release':
      return { ...lease, kind: 'released' };
  }
}

function repeatsProof(item: ProvedItem, row: FileRow): boolean {
  switch (item.outcome) {
    case 'proved':
      return !row.unproved;
    case 'changed':
      return row.state === 'failed';
    case 'other':
    case 'unreachable':
    case 'release':
      return row.state === 'failed' || (isProving(row) && row.leaseSession === null);
  }
}
