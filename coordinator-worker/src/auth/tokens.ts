// SPDX-License-Identifier: Apache-2.0
import type { Needs } from '../domain/ports/ports';

/** Bearer tokens. Only their SHA-256 is stored, so neither the secret nor the database opens anything by itself. */

const ROLES = ['send', 'recv', 'both', 'admin', 'read'] as const;
export type TokenRole = (typeof ROLES)[number];

/** Of calls that any token permits. */
export const ANY_ROLE = ROLES;

/** Who a request comes from. */
export interface Principal {
  readonly role: TokenRole;
  readonly name: string;
  /** Of a token that an operator added; null: it is one of the secret. */
  readonly tokenId: string | null;
}

interface Entry {
  readonly hash: Uint8Array;
  readonly principal: Principal;
}

export type TokenTable = readonly Entry[];

const HASH = /^[0-9a-f]{64}$/;
const NAME = /^\P{Cc}{1,128}$/u;

/** The table that the secret holds, or null where it is none. */
export function parseTokens(text: string | undefined): TokenTable | null {
  const parsed = parseObject(text);
  if (parsed === null) return null;
  const entries = Object.entries(parsed).map(([hash, value]) => entry(hash, value));
  return entries.every((each) => each !== null) ? entries : null;
}

function parseObject(text: string | undefined): object | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function entry(hash: string, value: unknown): Entry | null {
  if (!HASH.test(hash) || typeof value !== 'object' || value === null) return null;
  const { role, name } = value as { role?: unknown; name?: unknown };
  const known = ROLES.find((each) => each === role);
  if (known === undefined || typeof name !== 'string' || !NAME.test(name)) return null;
  return { hash: fromHex(hash), principal: { role: known, name, tokenId: null } };
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What scripts/token makes. Nothing else is looked for, so a weak token can't be added either. */
const ADDED = /^syncmate_[0-9a-f]{64}$/;

/**
 * First among the secret's, then among those that were added: one row by its index. What the time of that search
 * tells of SHA-256s is of no use: nobody finds a token to a SHA-256.
 */
export async function findPrincipal(
  table: TokenTable,
  { tokens }: Needs<'tokens'>,
  token: string,
): Promise<Principal | null> {
  const bytes = new TextEncoder().encode(token);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const ofSecret = findInTable(table, hash);
  if (ofSecret !== null || !ADDED.test(token)) return ofSecret;
  const added = await tokens.find(toHex(hash));
  if (added === null || added.revoked_at_ms !== null) return null;
  return { role: added.role, name: added.name, tokenId: added.token_id };
}

/** Compares with every entry in constant time, so the time says nothing about how close a guess is. */
function findInTable(table: TokenTable, hash: Uint8Array): Principal | null {
  let found: Principal | null = null;
  for (const { hash: known, principal } of table) {
    if (crypto.subtle.timingSafeEqual(hash, known)) found = principal;
  }
  return found;
}

/** An agent's own token is for the agent of that name; the secret's are for any, and so are operators'. */
export const isForAgent = ({ role, name, tokenId }: Principal, agentName: string): boolean =>
  tokenId === null || role === 'admin' || name === agentName;

/** Admin may do everything; "both" is a sender and a receiver at once. */
export function permits(role: TokenRole, needed: readonly TokenRole[]): boolean {
  if (role === 'admin' || needed.includes(role)) return true;
  return role === 'both' && (needed.includes('send') || needed.includes('recv'));
}
