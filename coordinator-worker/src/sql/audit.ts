// SPDX-License-Identifier: Apache-2.0
import type { AuditEntry } from '../generated/messages';
import type { AuditLog, AuditRecord } from '../domain/ports/audit';
import type { Ports, Recording } from '../domain/ports/ports';
import type { Paged } from '../domain/ports/reports';
import { newestFirst } from './conditions';
import { rows, run, statements } from './statement';

/** Older rows go. A year of thirty calls a day. */
const KEPT_ROWS = 10_000;

/** Needs all of them by their names. */
const ADD = `
INSERT INTO audit (at_ms, token_name, token_role, call, subject, request_id, status)
VALUES (:at, :tokenName, :tokenRole, :call, :subject, :requestId, :status) RETURNING audit_id`;
const TRIM = `
DELETE FROM audit WHERE audit_id <= (SELECT max(audit_id) FROM audit) - ${KEPT_ROWS}`;

/** Needs :row, :status. */
const CORRECT = 'UPDATE audit SET status = :status WHERE audit_id = :row';

const PAGE = `
SELECT audit_id, at_ms, token_name, token_role, call, subject, status, request_id
  FROM audit ${newestFirst('audit_id')}`;

const OK = 200;

type StoredEntry = Omit<AuditEntry, 'audit_id'> & { audit_id: number };

export class D1AuditLog implements AuditLog {
  constructor(private readonly db: D1Database) {}

  async page({ after, limit }: Paged<number>): Promise<AuditEntry[]> {
    const found = await rows<StoredEntry>(this.db, PAGE, { after, limit });
    return found.map((entry) => ({ ...entry, audit_id: String(entry.audit_id) }));
  }
}

/**
 * Puts the row into the call's first transaction, so that there is no change without its row. Nothing is known
 * then of the answer: the row says 200, and is corrected where it turns out to be another.
 */
export function recording(
  db: D1Database,
  record: AuditRecord,
  portsOn: (db: D1Database) => Ports,
): Recording {
  const added = (status: number) => statements(db, [ADD, TRIM], { ...record, status });
  let row: number | null = null;

  /** `src/sql/` uses no other part of a database. */
  const recorded: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (sql) => db.prepare(sql),
    batch: async <Row>(others: D1PreparedStatement[]) => {
      if (row !== null) return db.batch<Row>(others);
      const own = added(OK);
      const results = await db.batch<Row>([...own, ...others]);
      row = (results[0]?.results[0] as { audit_id: number } | undefined)?.audit_id ?? null;
      return results.slice(own.length);
    },
  };

  return {
    ports: portsOn(recorded as D1Database),
    answered: async (status) => {
      if (row === null) await db.batch(added(status));
      else if (status !== OK) await run(db, CORRECT, { row, status });
    },
  };
}
