// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { placeFiles, resolveFiles } from '../domain/files';
import { FILE_STATES } from '../domain/model';
import { takePlacing, takeResolving } from '../domain/taking';
import type { App } from '../http/app';
import { itemResult } from '../http/problem';
import { checkParameter, checkState, readBody } from '../http/validate';

const PAGE = 500;

export const files = new Hono<App>()
  .get('/', async (c) => {
    const after = c.req.query('after');
    const page = await c.var.store.filePage({
      jobId: checkParameter('job_id', c.req.query('job_id'), 'job_id'),
      state: checkState(c.req.query('state'), FILE_STATES),
      after: after === undefined ? null : Number(checkParameter('after', after, 'file_id')),
      limit: PAGE,
    });
    return c.json(page);
  })
  .post('/take-resolving', requireRole('send'), async (c) => {
    const request = await readBody(c, 'TakeResolving');
    return c.json(await takeResolving(c.var.store, request, c.var.settings, c.var.now));
  })
  .post('/resolved', requireRole('send'), async (c) => {
    const batch = await readBody(c, 'ResolvedBatch');
    const answers = await resolveFiles(c.var.store, batch, c.var.settings, c.var.now);
    return c.json({ results: answers.map(itemResult) });
  })
  .post('/take-placing', requireRole('recv'), async (c) => {
    const request = await readBody(c, 'TakePlacing');
    return c.json(await takePlacing(c.var.store, request, c.var.settings, c.var.now));
  })
  .post('/placed', requireRole('recv'), async (c) => {
    const batch = await readBody(c, 'PlacedBatch');
    const answers = await placeFiles(c.var.store, batch, c.var.settings, c.var.now);
    return c.json({ results: answers.map(itemResult) });
  });
