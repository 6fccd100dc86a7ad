// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { auditPage } from '../domain/audit';
import { lastRecounts, recount } from '../domain/recount';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { checkParameter } from '../http/validate';

export const admin = new Hono<App>()
  .post('/recount', requireRole('admin'), (c) => {
    const from = c.req.query('from');
    const jobId = from === undefined ? null : checkParameter('job_id', from, 'job_id');
    const { settings, now } = c.var;
    return audited(c, { call: 'recount', subject: jobId ?? '' }, (store) =>
      recount(store, jobId, { settings, now }),
    );
  })
  .get('/recount', async (c) => c.json(await lastRecounts(c.var.store)));

export const audit = new Hono<App>().get('/', requireRole('admin'), async (c) => {
  const after = c.req.query('after');
  const from = after === undefined ? null : Number(checkParameter('after', after, 'audit_id'));
  return c.json(await auditPage(c.var.store, from));
});
