// SPDX-License-Identifier: Apache-2.0
import type { TokenStatus, TokenSubmission } from '../generated/messages';
import { rows, statement, transaction } from './statement';

const COLUMNS = 'token_id, name, role, created_at_ms, revoked_at_ms';

type StoredToken = Omit<TokenStatus, 'token_id'> & { token_id: number };

const tokenStatus = (row: StoredToken): TokenStatus => ({ ...row, token_id: String(row.token_id) });

/** The one row that a request reads for its token; one that is not known, none. */
const FIND = `SELECT ${COLUMNS} FROM tokens WHERE sha256 = ?1`;

export async function findToken(db: D1Database, sha256: string): Promise<TokenStatus | null> {
  const [found] = await rows<StoredToken>(statement(db, FIND, [sha256]));
  return found === undefined ? null : tokenStatus(found);
}

const ADD = `
INSERT INTO tokens (sha256, name, role, created_at_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (sha256) DO NOTHING`;

export async function addToken(
  db: D1Database,
  { sha256, name, role, now }: TokenSubmission & { now: number },
): Promise<TokenStatus> {
  const values = [sha256, name, role, now];
  const [found] = await transaction<StoredToken>(
    db,
    [ADD, FIND].map((sql) => statement(db, sql, values)),
  );
  if (found === undefined) throw new Error('a token that was just inserted is not there');
  return tokenStatus(found);
}

const REVOKE = 'UPDATE tokens SET revoked_at_ms = ?2 WHERE token_id = ?1 AND revoked_at_ms IS NULL';
const REVOKED = `SELECT ${COLUMNS} FROM tokens WHERE token_id = ?1`;

export async function revokeToken(
  db: D1Database,
  tokenId: number,
  now: number,
): Promise<TokenStatus | null> {
  const [found] = await transaction<StoredToken>(
    db,
    [REVOKE, REVOKED].map((sql) => statement(db, sql, [tokenId, now])),
  );
  return found === undefined ? null : tokenStatus(found);
}

const PAGE = `
SELECT ${COLUMNS} FROM tokens WHERE ?1 IS NULL OR token_id < ?1 ORDER BY token_id DESC LIMIT ?2`;

export async function tokenPage(
  db: D1Database,
  query: { after: number | null; limit: number },
): Promise<TokenStatus[]> {
  const found = await rows<StoredToken>(statement(db, PAGE, [query.after, query.limit]));
  return found.map(tokenStatus);
}
