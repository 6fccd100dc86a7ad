// SPDX-License-Identifier: Apache-2.0
import type { TokenStatus, TokenSubmission } from '../generated/messages';
import type { Paged } from '../domain/ports/reports';
import type { Tokens } from '../domain/ports/tokens';
import { newestFirst } from './conditions';
import { rows, transaction } from './statement';

const TOKENS = 'SELECT token_id, name, role, created_at_ms, revoked_at_ms FROM tokens';

/** The one row that a request reads for its token; one that is not known, none. Needs :sha256. */
const FIND = `${TOKENS} WHERE sha256 = :sha256`;

/** Needs :sha256, :name, :role, :now. */
const ADD = `
INSERT INTO tokens (sha256, name, role, created_at_ms) VALUES (:sha256, :name, :role, :now)
ON CONFLICT (sha256) DO NOTHING`;

/** Needs :token, :now. */
const REVOKE =
  'UPDATE tokens SET revoked_at_ms = :now WHERE token_id = :token AND revoked_at_ms IS NULL';
const REVOKED = `${TOKENS} WHERE token_id = :token`;

const PAGE = `${TOKENS} ${newestFirst('token_id')}`;

type StoredToken = Omit<TokenStatus, 'token_id'> & { token_id: number };

const tokenStatus = (row: StoredToken): TokenStatus => ({ ...row, token_id: String(row.token_id) });

const first = ([row]: readonly StoredToken[]) => (row === undefined ? null : tokenStatus(row));

export class D1Tokens implements Tokens {
  constructor(private readonly db: D1Database) {}

  async find(sha256: string): Promise<TokenStatus | null> {
    return first(await rows<StoredToken>(this.db, FIND, { sha256 }));
  }

  async add({ sha256, name, role, now }: TokenSubmission & { now: number }): Promise<TokenStatus> {
    const values = { sha256, name, role, now };
    const added = first(await transaction<StoredToken>(this.db, [ADD, FIND], values));
    if (added === null) throw new Error('a token that was just inserted is not there');
    return added;
  }

  async revoke(tokenId: number, now: number): Promise<TokenStatus | null> {
    const values = { token: tokenId, now };
    return first(await transaction<StoredToken>(this.db, [REVOKE, REVOKED], values));
  }

  async page({ after, limit }: Paged<number>): Promise<TokenStatus[]> {
    return (await rows<StoredToken>(this.db, PAGE, { after, limit })).map(tokenStatus);
  }
}
