// SPDX-License-Identifier: Apache-2.0
import type {
  Lease,
  PlacingFile,
  ProvingFile,
  ReadSlice,
  ResolvingFile,
  Wait,
} from '../../generated/messages';
import type { SessionRow } from '../model';

/** Handing out tasks. */
export interface Takes {
  /** Whether this request was answered before. */
  wasTaken(take: TakeKey): Promise<boolean>;
  /** Leases of a former take that are still held. */
  again(take: TakeKey): Promise<readonly Lease[]>;
  send(take: SendTake): Promise<readonly Lease[]>;
  whyNoSend(take: SendTake): Promise<Wait['reason']>;
  /** A second attempt at tasks of live agents that are slow. */
  steal(take: Steal): Promise<readonly Lease[]>;
  /** Bytes a second of a live sender; null while none has moved anything. */
  averageSendRate(now: number): Promise<number | null>;
  recv(take: RecvTake): Promise<readonly Lease[]>;
  whyNoRecv(take: RecvTake): Promise<Wait['reason']>;
}

/** Handing out whole files. A repeated request is answered the same. */
export interface FileTakes {
  resolving(take: ResolvingTake): Promise<readonly ResolvingFile[]>;
  placing(take: FileTake): Promise<readonly PlacingFile[]>;
  proving(take: ResolvingTake): Promise<readonly ProvingFile[]>;
  /** Slices of a file, behind that one. */
  slices(fileId: number, page: SlicesWanted): Promise<readonly NumberedSlice[]>;
}

export interface TakeKey {
  readonly sessionId: string;
  readonly requestId: string;
  readonly kind: 'send' | 'recv' | 'resolve' | 'place' | 'prove';
}

interface Taking extends TakeKey {
  readonly session: SessionRow;
  readonly now: number;
}

export interface TaskTake extends Taking {
  readonly maxTasks: number;
  readonly maxBytes: number;
}

export interface SendTake extends TaskTake {
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

export interface RecvTake extends TaskTake {
  readonly freeBytes: number | null;
}

export interface FileTake extends Taking {
  readonly maxFiles: number;
}

export interface ResolvingTake extends FileTake {
  readonly zones: readonly string[];
}

export interface SlicesWanted {
  readonly after: number | null;
  readonly limit: number;
}

export interface NumberedSlice {
  readonly sliceNo: number;
  readonly slice: ReadSlice;
}
