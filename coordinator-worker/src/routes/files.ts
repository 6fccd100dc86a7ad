// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { takePlacing, takeProving, takeResolving } from '../domain/file-taking';
import { placeFiles, proveFiles, resolveFiles, slicesToProve } from '../domain/files';
import { FILE_STATES } from '../domain/model';
import { filePage } from '../domain/reports';
import type { App } from '../http/app';
import { batchReply } from '../http/problem';
import { checkNumber, checkParameter, checkState, readBody } from '../http/validate';

export const files = new Hono<App>()
  .get('/', allow(...ANY_ROLE), async (c) => {
    const query = {
      jobId: checkParameter('job_id', c.req.query('job_id'), 'job_id'),
      state: checkState(c.req.query('state'), FILE_STATES),
      after: checkNumber(c, 'after', 'file_id'),
    };
    return c.json(await filePage(c.var.ports, query));
  })
  .post('/take-resolving', allow('send'), async (c) => {
    const request = await readBody(c, 'TakeResolving');
    return c.json(await takeResolving(c.var.ports, request, c.var.settings, c.var.now));
  })
  .post('/resolved', allow('send'), async (c) => {
    const batch = await readBody(c, 'ResolvedBatch');
    return c.json(batchReply(await resolveFiles(c.var.ports, batch, c.var.settings, c.var.now)));
  })
  .post('/take-proving', allow('send'), async (c) => {
    const request = await readBody(c, 'TakeResolving');
    return c.json(await takeProving(c.var.ports, request, c.var.settings, c.var.now));
  })
  .post('/slices', allow('send'), async (c) => {
    return c.json(await slicesToProve(c.var.ports, await readBody(c, 'SlicesRequest')));
  })
  .post('/proved', allow('send'), async (c) => {
    const batch = await readBody(c, 'ProvedBatch');
    return c.json(batchReply(await proveFiles(c.var.ports, batch, c.var.settings, c.var.now)));
  })
  .post('/take-placing', allow('recv'), async (c) => {
    const request = await readBody(c, 'TakePlacing');
    return c.json(await takePlacing(c.var.ports, request, c.var.settings, c.var.now));
  })
  .post('/placed', allow('recv'), async (c) => {
    const batch = await readBody(c, 'PlacedBatch');
    return c.json(batchReply(await placeFiles(c.var.ports, batch, c.var.settings, c.var.now)));
  });
