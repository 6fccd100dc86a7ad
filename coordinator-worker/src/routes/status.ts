// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { CONTRACT_VERSION } from '../domain/settings';
import { metricsText } from '../domain/metrics';
import { lastRecounts } from '../domain/recount';
import { readStatus, statusText } from '../domain/status';
import type { App } from '../http/app';
import { Problem } from '../http/problem';

export const health = new Hono<App>().get('/', (c) =>
  c.json({ status: 'ok', contract_version: CONTRACT_VERSION }),
);

export const status = new Hono<App>().get('/', allow(...ANY_ROLE), async (c) => {
  const format = c.req.query('format') ?? 'json';
  if (format !== 'json' && format !== 'text') {
    throw new Problem({
      reason: 'invalid_request',
      at: 'format',
      found: 'unknown (expected: json, text)',
    });
  }
  const found = await readStatus(c.var.ports, c.var.now);
  return format === 'text' ? c.text(statusText(found)) : c.json(found);
});

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

export const metrics = new Hono<App>().get('/', allow(...ANY_ROLE), async (c) =>
  c.text(
    metricsText(await readStatus(c.var.ports, c.var.now), await lastRecounts(c.var.ports)),
    200,
    { 'Content-Type': PROMETHEUS_TEXT },
  ),
);
