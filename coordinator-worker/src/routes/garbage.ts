// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { confirmGarbage, takeGarbage } from '../domain/garbage';
import { listedObjects, takeSweep } from '../domain/sweeps';
import type { App } from '../http/app';
import { readBody } from '../http/validate';

export const garbage = new Hono<App>()
  .post('/take', allow('recv'), async (c) => {
    const request = await readBody(c, 'GarbageTake');
    return c.json(await takeGarbage(c.var.ports, request, c.var.settings, c.var.now));
  })
  .post('/take-sweep', allow('recv'), async (c) => {
    const request = await readBody(c, 'TakeSweep');
    return c.json(await takeSweep(c.var.ports, request, c.var.settings, c.var.now));
  })
  .post('/listed', allow('recv'), async (c) => {
    const batch = await readBody(c, 'ListedBatch');
    return c.json(await listedObjects(c.var.ports, batch, c.var.settings, c.var.now));
  })
  .post('/deleted', allow('recv'), async (c) => {
    const deleted = await readBody(c, 'GarbageDeleted');
    return c.json(await confirmGarbage(c.var.ports, deleted, c.var.now));
  });
