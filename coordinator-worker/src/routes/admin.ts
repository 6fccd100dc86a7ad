// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { recount } from '../domain/recount';
import type { App } from '../http/app';

export const admin = new Hono<App>().post('/recount', requireRole('admin'), async (c) =>
  c.json(await recount(c.var.store)),
);
