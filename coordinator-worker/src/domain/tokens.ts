// SPDX-License-Identifier: Apache-2.0
import type { TokenPage, TokenStatus, TokenSubmission } from '../generated/messages';
import { nextAfter } from './pages';
import type { Needs } from './ports/ports';
import { RefusedError } from './refusal';

/** Tokens that operators add and revoke. They are known by their SHA-256 and never seen themselves. */

const PAGE = 100;

/** The same token again, for the same holder, is what is there already. */
export async function addToken(
  { tokens }: Needs<'tokens'>,
  { sha256, name, role }: TokenSubmission,
  now: number,
): Promise<TokenStatus> {
  const token = await tokens.add({ sha256, name, role, now });
  const tokenId = token.token_id;
  if (token.revoked_at_ms !== null) throw new RefusedError({ reason: 'token_revoked', tokenId });
  if (token.name !== name || token.role !== role) {
    const holder = { name: token.name, role: token.role };
    throw new RefusedError({ reason: 'token_conflict', tokenId, ...holder });
  }
  return token;
}

/** Revoked stays revoked, since when it was first. */
export async function revokeToken(
  { tokens }: Needs<'tokens'>,
  tokenId: string,
  now: number,
): Promise<TokenStatus> {
  const token = await tokens.revoke(Number(tokenId), now);
  if (token === null) throw new RefusedError({ reason: 'token_unknown', tokenId });
  return token;
}

export async function tokenPage(ports: Needs<'tokens'>, after: number | null): Promise<TokenPage> {
  const tokens = [...(await ports.tokens.page({ after, limit: PAGE }))];
  return { tokens, next: nextAfter(tokens, PAGE, ({ token_id }) => token_id) };
}
