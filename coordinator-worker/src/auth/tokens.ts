// SPDX-License-Identifier: Apache-2.0
/** Bearer tokens. Only their SHA-256 is stored, so the deployment's secret opens nothing by itself. */

const ROLES = ['send', 'recv', 'both', 'admin', 'read'] as const;
export type TokenRole = (typeof ROLES)[number];

/** Who a request comes from. */
export interface Principal {
  readonly role: TokenRole;
  readonly name: string;
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
  return { hash: fromHex(hash), principal: { role: known, name } };
}

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Compares with every entry in constant time, so the time says nothing about how close a guess is. */
export async function findPrincipal(table: TokenTable, token: string): Promise<Principal | null> {
  const bytes = new TextEncoder().encode(token);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let found: Principal | null = null;
  for (const { hash: known, principal } of table) {
    if (crypto.subtle.timingSafeEqual(hash, known)) found = principal;
  }
  return found;
}

/** Admin may do everything; "both" is a sender and a receiver at once. */
export function permits(role: TokenRole, needed: readonly TokenRole[]): boolean {
  if (role === 'admin' || needed.includes(role)) return true;
  return role === 'both' && (needed.includes('send') || needed.includes('recv'));
}
