// SPDX-License-Identifier: Apache-2.0
import type { GarbageReply } from '../../generated/messages';
import type { ObjectName } from '../model';

/** Objects that may be deleted. */
export interface Garbage {
  take(take: GarbageTake): Promise<GarbageReply['object_keys']>;
  /** Returns the bytes given back to the windows. */
  confirm(sessionId: string, keys: readonly string[], now: number): Promise<number>;
}

/** Looking for objects that no row knows. */
export interface Sweeps {
  /** A job that is due to be looked through, and is not any more. */
  take(take: SweepTake): Promise<string | null>;
  /** When the last object that a writer of a finished job may have left can be deleted; null: none is left. */
  lastComesAt(destination: string | null, now: number): Promise<number | null>;
  /**
   * Makes garbage of objects that no row of the job names or will name; returns those of them that are such
   * garbage. No epoch up to `latest` will be handed out any more.
   */
  discardUnknown(jobId: string, objects: readonly ObjectName[], latest: number): Promise<string[]>;
}

export interface GarbageTake {
  readonly sessionId: string;
  /** Of its jobs, and of those that are nobody's. */
  readonly destination: string | null;
  readonly maxObjects: number;
  readonly now: number;
  readonly until: number;
}

/** Times of a job's sweeps: this one, the next while it is at work, and the last after its end. */
export interface SweepTake {
  readonly sessionId: string;
  /** Of its jobs, and of those that are nobody's. */
  readonly destination: string | null;
  readonly requestId: string;
  readonly now: number;
  readonly nextAt: number;
  readonly lastAt: number;
}
