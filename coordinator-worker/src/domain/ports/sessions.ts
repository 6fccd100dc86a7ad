// SPDX-License-Identifier: Apache-2.0
import type { SessionRow } from '../model';

/** Agents, from their registration to their end. */
export interface Sessions {
  /**
   * Opens the session unless its id is known; returns what is there then. Where a live agent of its domain does not
   * share its folders nothing is opened.
   */
  open(session: NewSession): Promise<SessionRow | Rival>;
  find(sessionId: string): Promise<SessionRow | null>;
  /** All that are open and not expired. */
  live(now: number): Promise<readonly SessionRow[]>;
  /** Renews an open session and says what it is to do; null where it is none, or has expired. */
  renew(renewal: Renewal): Promise<SessionRow['directive'] | null>;
  noteTake(
    sessionId: string,
    found: Pick<SessionRow, 'zones' | 'dearZones' | 'shortOfSpace'>,
  ): Promise<void>;
  /** A session on which everything fails got a task, and the next one not before that time. */
  noteProbe(sessionId: string, nextAt: number): Promise<void>;
  /** Zones that other live senders reach cheaply. */
  servedByOthers(sessionId: string, now: number): Promise<ReadonlySet<string>>;
  /** Starts the end of a session: from now on it can take nothing. False where it isn't open. */
  close(sessionId: string): Promise<boolean>;
  /** Closes every session that has expired; returns all whose leases are still to be taken back. */
  closing(now: number): Promise<readonly ClosingSession[]>;
  /** Forgets the takes of a closing session, whose leases have all been taken back. */
  bury(sessionId: string, state: 'expired' | 'ended'): Promise<void>;
  forget(lastSeenBefore: number): Promise<void>;
}

export interface NewSession {
  readonly sessionId: string;
  readonly name: string;
  readonly host: string;
  readonly role: SessionRow['role'];
  readonly domain: string;
  readonly destination: string | null;
  readonly targetFolderId: string | null;
  readonly cacheFolderId: string | null;
  readonly agentVersion: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** The live agent that a new one can't work beside. */
export interface Rival {
  readonly rivalName: string;
  readonly rivalHost: string;
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
