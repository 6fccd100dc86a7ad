// SPDX-License-Identifier: Apache-2.0
import type { AuditLog } from './audit';
import type { Garbage, Sweeps } from './garbage';
import type { Jobs } from './jobs';
import type { FileLeases, TaskLeases } from './leases';
import type { Manifests } from './manifests';
import type { Operators } from './operators';
import type { Recounts } from './recounts';
import type { Reports } from './reports';
import type { Sessions } from './sessions';
import type { FileTakes, Takes } from './takes';
import type { Tokens } from './tokens';

/** The ways to the database, by topic. Each method that writes is one transaction and may be repeated. */
export interface Ports {
  readonly sessions: Sessions;
  readonly jobs: Jobs;
  readonly takes: Takes;
  readonly fileTakes: FileTakes;
  readonly taskLeases: TaskLeases;
  readonly fileLeases: FileLeases;
  readonly manifests: Manifests;
  readonly garbage: Garbage;
  readonly sweeps: Sweeps;
  readonly operators: Operators;
  readonly tokens: Tokens;
  readonly auditLog: AuditLog;
  readonly recounts: Recounts;
  readonly reports: Reports;
}

/** Those that a function of the domain needs, and no others. */
export type Needs<Topic extends keyof Ports> = Pick<Ports, Topic>;

/** A call of an operator that is being recorded. */
export interface Recording {
  /** The row is written in the first transaction of these. */
  readonly ports: Ports;
  /** Ends it: the row, wherever it was written, says this status. */
  answered(status: number): Promise<void>;
}
