// SPDX-License-Identifier: Apache-2.0
import type { AuditRecord } from '../domain/ports/audit';
import type { Ports, Recording } from '../domain/ports/ports';
import { D1AuditLog, recording } from './audit';
import { D1FileLeases } from './file-leases';
import { D1FileTakes } from './file-takes';
import { D1Garbage } from './garbage';
import { D1Jobs } from './jobs';
import { D1Manifests } from './manifests';
import { D1Operators } from './operators';
import { D1Recounts } from './recounts';
import { D1Reports } from './reports';
import { D1Sessions } from './sessions';
import { D1Sweeps } from './sweeps';
import { D1Takes } from './takes';
import { D1TaskLeases } from './task-leases';
import { D1Tokens } from './tokens';

/** The ports on D1. */
export function d1Ports(db: D1Database): Ports {
  return {
    sessions: new D1Sessions(db),
    jobs: new D1Jobs(db),
    takes: new D1Takes(db),
    fileTakes: new D1FileTakes(db),
    taskLeases: new D1TaskLeases(db),
    fileLeases: new D1FileLeases(db),
    manifests: new D1Manifests(db),
    garbage: new D1Garbage(db),
    sweeps: new D1Sweeps(db),
    operators: new D1Operators(db),
    tokens: new D1Tokens(db),
    auditLog: new D1AuditLog(db),
    recounts: new D1Recounts(db),
    reports: new D1Reports(db),
  };
}

export const d1Recording = (db: D1Database, record: AuditRecord): Recording =>
  recording(db, record, d1Ports);
