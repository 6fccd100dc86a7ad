// SPDX-License-Identifier: Apache-2.0
import type { Context, MiddlewareHandler } from 'hono';
import type { App } from '../http/app';
import { Problem } from '../http/problem';
import type { Principal } from './tokens';

/**
 * Cloudflare counts, at each of its locations, in the periods of wrangler.toml; nothing is stored here or in D1. A
 * runaway agent is slowed down by it, whatever its token may do.
 */

const HEARTBEAT = /^\/v1\/agents\/[^/]+\/heartbeat$/;

const callerOf = ({ tokenId, name }: Principal): string =>
  tokenId === null ? `secret ${name}` : `token ${tokenId}`;

/** Heartbeats have a count of their own: a late one costs the agent all its leases. */
export const limitCalls: MiddlewareHandler<App> = async (c, next) => {
  const kind = HEARTBEAT.test(c.req.path) ? 'heartbeats' : 'calls';
  await count(c.env.CALLS_LIMIT, `${callerOf(c.var.principal)} ${kind}`);
  await next();
};

/** Only who has no known token comes here, so others behind the same address are never held up. */
export const limitRefusals = (c: Context<App>): Promise<void> =>
  count(c.env.REFUSALS_LIMIT, c.req.header('CF-Connecting-IP') ?? 'unknown');

async function count(limit: RateLimit, key: string): Promise<void> {
  const { success } = await limit.limit({ key });
  if (!success) throw new Problem({ reason: 'rate_limited' });
}
