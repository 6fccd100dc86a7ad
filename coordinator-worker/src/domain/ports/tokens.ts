// SPDX-License-Identifier: Apache-2.0
import type { TokenStatus, TokenSubmission } from '../../generated/messages';
import type { Paged } from './reports';

/** Tokens that operators added. */
export interface Tokens {
  /** Revoked or not. */
  find(sha256: string): Promise<TokenStatus | null>;
  /** Adds the token unless it is there; returns what is there then. */
  add(token: TokenSubmission & { readonly now: number }): Promise<TokenStatus>;
  revoke(tokenId: number, now: number): Promise<TokenStatus | null>;
  /** Newest first. */
  page(query: Paged<number>): Promise<readonly TokenStatus[]>;
}
