// SPDX-License-Identifier: Apache-2.0
import type {
  FileRow,
  FileTransition,
  HeldFile,
  HeldTask,
  TaskLookup,
  TaskRef,
  TaskTransition,
} from '../model';

/** Tasks, and the end of leases on them. */
export interface TaskLeases {
  find(refs: readonly TaskRef[]): Promise<TaskLookup>;
  /** What the session still holds, by takes of that time or before; null: by all of them. */
  heldBy(sessionId: string, takenBefore: number | null): Promise<readonly HeldTask[]>;
  /** Ids of those of these tasks that a live host other than this one may take and has not failed at. */
  untriedElsewhere(
    refs: readonly TaskRef[],
    host: string,
    now: number,
  ): Promise<ReadonlySet<string>>;
  /** Ends leases; returns the tasks of `refs` after that. */
  move(
    sessionId: string,
    transitions: readonly TaskTransition[],
    after: LeaseEnd & { readonly refs: readonly TaskRef[] },
  ): Promise<TaskLookup>;
}

/** Files, and the end of leases on them: of prefix checks and of placing. */
export interface FileLeases {
  find(ids: readonly number[]): Promise<ReadonlyMap<number, FileRow>>;
  /** What the session still holds, by takes of that time or before; null: by all of them. */
  heldBy(sessionId: string, takenBefore: number | null): Promise<readonly HeldFile[]>;
  /** Those of these files that a live host other than this one may place and has not failed at. */
  untriedElsewhere(ids: readonly number[], host: string, now: number): Promise<ReadonlySet<number>>;
  /** Ends leases; returns the files of `ids` after that. */
  move(
    sessionId: string,
    transitions: readonly FileTransition[],
    after: LeaseEnd & { readonly ids: readonly number[] },
  ): Promise<ReadonlyMap<number, FileRow>>;
  /** Those of these files that a live host other than the session's reaches. */
  reachedElsewhere(
    ids: readonly number[],
    sessionId: string,
    now: number,
  ): Promise<ReadonlySet<number>>;
  /** Restarts some files tied to domains of which no session was seen since; returns how many. */
  restartStranded(times: LeaseEnd & { readonly seenSince: number }): Promise<number>;
}

export interface LeaseEnd {
  readonly now: number;
  /** From then on nobody writes or reads an object of an attempt that was cut off. */
  readonly laterAt: number;
}
