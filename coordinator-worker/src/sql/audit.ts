// SPDX-License-Identifier: Apache-2.0
import type { Audit, AuditRecord, Store } from '../domain/store';
import type { AuditEntry } from '../generated/messages';
import { rows, statement } from './statement';

/** Older rows go. A year of thirty calls a day. */
const KEPT_ROWS = 10_000;

const ADD = `
INSERT INTO audit (at_ms, token_name, token_role, call, subject, request_id, status)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING audit_id`;
const TRIM = `
DELETE FROM audit WHERE audit_id <= (SELECT max(audit_id) FROM audit) - ${KEPT_ROWS}`;
const CORRECT = 'UPDATE audit SET status = ?2 WHERE audit_id = ?1';

const OK = 200;

/**
 * Puts the row into the call's first transaction, so that there is no change without its row. Nothing is known
 * then of the answer: the row says 200, and is corrected where it turns out to be another.
 */
export function audit(
  db: D1Database,
  record: AuditRecord,
  storeOn: (db: D1Database) => Store,
): Audit {
  const { at, tokenName, tokenRole, call, subject, requestId } = record;
  const added = (status: number) => [
    statement(db, ADD, [at, tokenName, tokenRole, call, subject, requestId, status]),
    statement(db, TRIM, []),
  ];
  let row: number | null = null;

  /** `src/sql/` uses no other part of a database. */
  const audited: Pick<D1Database, 'prepare' | 'batch'> = {
    prepare: (sql) => db.prepare(sql),
    batch: async <Row>(statements: D1PreparedStatement[]) => {
      if (row !== null) return db.batch<Row>(statements);
      const own = added(OK);
      const results = await db.batch<Row>([...own, ...statements]);
      row = (results[0]?.results[0] as { audit_id: number } | undefined)?.audit_id ?? null;
      return results.slice(own.length);
    },
  };

  return {
    store: storeOn(audited as D1Database),
    answered: async (status) => {
      if (row === null) await db.batch(added(status));
      else if (status !== OK) await statement(db, CORRECT, [row, status]).run();
    },
  };
}

const PAGE = `
SELECT audit_id, at_ms, token_name, token_role, call, subject, status, request_id
  FROM audit WHERE ?1 IS NULL OR audit_id < ?1 ORDER BY audit_id DESC LIMIT ?2`;

type StoredEntry = Omit<AuditEntry, 'audit_id'> & { audit_id: number };

export async function auditPage(
  db: D1Database,
  query: { after: number | null; limit: number },
): Promise<AuditEntry[]> {
  const found = await rows<StoredEntry>(statement(db, PAGE, [query.after, query.limit]));
  return found.map((entry) => ({ ...entry, audit_id: String(entry.audit_id) }));
}
