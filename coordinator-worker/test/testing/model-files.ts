// SPDX-License-Identifier: Apache-2.0
import type { PlannedFile } from '../../src/generated/messages';
import type { Failures, Refused } from './model-hosts';

/** Files and tasks of the model, and what of them can be said without knowing sessions. */

export const SLICE_BYTES = 100;

/** Alive while it has a key. */
export interface Attempt {
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
  readonly job: string;
  readonly plan: PlannedFile;
  mode: PlannedFile['mode'];
  state: 'unresolved' | 'transferring' | 'placing' | 'done' | 'failed';
  /** What is moved; no slices while unresolved. */
  bytes: number;
  slices: number;
  /** Where its slices are received; '' while nowhere. */
  domain: string;
  restarts: number;
  /** Epochs of its former lives. */
  epochFloor: number;
  /** Of the check of its prefix, and of placing. */
  lease: { readonly session: string; readonly epoch: number; readonly takenAt: number } | null;
  leaseEpoch: number;
  /** Of placing. */
  attempts: number;
  readonly failures: Failures;
  readonly tasks: Map<string, Task>;
  readonly refused: Refused;
}

const slicesOf = (bytes: number) => Math.max(1, Math.ceil(bytes / SLICE_BYTES));

export function newFile(id: string, job: string, plan: PlannedFile): ModelFile {
  const file: ModelFile = {
    id,
    job,
    plan,
    mode: 'unresolved',
    state: 'unresolved',
    bytes: plan.size_bytes,
    slices: 0,
    domain: '',
    restarts: 0,
    epochFloor: 0,
    lease: null,
    leaseEpoch: 0,
    attempts: 0,
    failures: new Map(),
    tasks: new Map(),
    refused: new Map(),
  };
  if (plan.mode === 'full' || plan.mode === 'append') cut(file, plan.mode);
  return file;
}

/** It is known now what of it is to be moved. */
export function cut(file: ModelFile, mode: 'full' | 'append'): void {
  const { size_bytes: size, target_size_bytes: targetSize } = file.plan;
  const bytes = mode === 'full' ? size : size - (targetSize ?? 0);
  Object.assign(file, { mode, bytes, slices: slicesOf(bytes), state: 'transferring' });
}

/** Where a slice of it lies in the source. */
export function rangeOf(file: ModelFile, sliceNo: number): [offset: number, length: number] {
  const begin = file.mode === 'append' ? (file.plan.target_size_bytes ?? 0) : 0;
  const offset = sliceNo * SLICE_BYTES;
  return [begin + offset, Math.min(SLICE_BYTES, file.bytes - offset)];
}

export const isAllReceived = ({ tasks, slices }: ModelFile): boolean =>
  tasks.size === slices && [...tasks.values()].every(({ state }) => state === 'downloaded');

/** What its domain's staging will still need for it. */
export function stillNeeded({ state, tasks, bytes }: ModelFile): number {
  if (state !== 'transferring' || tasks.size === 0) return 0;
  const received = [...tasks.values()].filter((task) => task.state === 'downloaded');
  return bytes - received.reduce((sum, { length }) => sum + length, 0);
}

/** Objects of a task that aren't garbage: each is in the window. */
export function keysOf(task: Task): string[] {
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
