// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { auditPage } from '../domain/audit';
import { lastRecounts, recount } from '../domain/recount';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { checkNumber, checkQuery } from '../http/validate';

export const admin = new Hono<App>()
  .post('/recount', allow('admin'), (c) => {
    const jobId = checkQuery(c, 'from', 'job_id');
    const { settings, now } = c.var;
    return audited(c, { call: 'recount', subject: jobId ?? '' }, (ports) =>
      recount(ports, jobId, { settings, now }),
    );
  })
  .get('/recount', allow(...ANY_ROLE), async (c) => c.json(await lastRecounts(c.var.ports)));

export const audit = new Hono<App>().get('/', allow('admin'), async (c) =>
  c.json(await auditPage(c.var.ports, checkNumber(c, 'after', 'audit_id'))),
);
