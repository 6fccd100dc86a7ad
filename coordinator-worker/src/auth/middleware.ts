// SPDX-License-Identifier: Apache-2.0
import type { MiddlewareHandler } from 'hono';
import type { App } from '../http/app';
import { Problem } from '../http/problem';
import { limitRefusals } from './limits';
import { findPrincipal, permits, type Principal, type TokenRole } from './tokens';

const BEARER = /^Bearer +([^\s]+) *$/i;

/** Who calls; 401 without a token that is known, 429 after too many of these. */
export const authenticate: MiddlewareHandler<App> = async (c, next) => {
  const token = BEARER.exec(c.req.header('Authorization') ?? '')?.[1];
  const principal =
    token === undefined ? null : await findPrincipal(c.var.tokens, c.var.ports, token);
  if (principal === null) {
    await limitRefusals(c);
    throw new Problem({ reason: 'unauthorized' });
  }
  c.set('principal', principal);
  await next();
};

/** Who may make a call: each route says it. Where it depends on what is asked for, the handler asks `requireRole` too. */
export const allow =
  (...needed: readonly TokenRole[]): MiddlewareHandler<App> =>
  async (c, next) => {
    requireRole(c.var.principal, ...needed);
    await next();
  };

export function requireRole({ role }: Principal, ...needed: readonly TokenRole[]): void {
  if (!permits(role, needed)) throw new Problem({ reason: 'forbidden', role, needed });
}
