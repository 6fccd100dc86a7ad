// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { auditPage } from '../domain/audit';
import { recount } from '../domain/recount';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { checkParameter } from '../http/validate';

export const admin = new Hono<App>().post('/recount', requireRole('admin'), (c) =>
  audited(c, { call: 'recount', subject: '' }, recount),
);

export const audit = new Hono<App>().get('/', requireRole('admin'), async (c) => {
  const after = c.req.query('after');
  const from = after === undefined ? null : Number(checkParameter('after', after, 'audit_id'));
  return c.json(await auditPage(c.var.store, from));
});
