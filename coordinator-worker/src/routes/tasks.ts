// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { explainTask } from '../domain/explain';
import { TASK_STATES } from '../domain/model';
import { parseTaskId } from '../domain/names';
import { retryFailed } from '../domain/operators';
import { completeTasks, failTasks, releaseTasks } from '../domain/tasks';
import { takeTasks } from '../domain/taking';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { itemResult } from '../http/problem';
import { checkParameter, checkState, readBody } from '../http/validate';

const PAGE = 500;

/** Taking, with the role that the direction needs. */
export const leases = new Hono<App>().post('/', requireRole('send', 'recv'), async (c) => {
  const request = await readBody(c, 'LeaseRequest');
  await requireRole(request.direction)(c, async () => {});
  const { store, settings, now } = c.var;
  return c.json(await takeTasks(store, request, settings, now));
});

export const tasks = new Hono<App>()
  .get('/', async (c) => {
    const after = c.req.query('after');
    const page = await c.var.store.taskPage({
      jobId: checkParameter('job_id', c.req.query('job_id'), 'job_id'),
      state: checkState(c.req.query('state'), TASK_STATES),
      after: after === undefined ? null : parseTaskId(checkParameter('after', after, 'task_id')),
      limit: PAGE,
    });
    return c.json(page);
  })
  .post('/retry', requireRole('admin'), async (c) => {
    const request = await readBody(c, 'RetryRequest');
    const what =
      request.task_ids === null ? 'all failed files' : `${request.task_ids.length} tasks`;
    return audited(c, { call: 'retry', subject: `job ${request.job_id}: ${what}` }, (store) =>
      retryFailed(store, request),
    );
  })
  .get('/:id', async (c) => {
    const id = checkParameter('task_id', c.req.param('id'), 'task_id');
    return c.json(await explainTask(c.var.store, parseTaskId(id), c.var.now));
  })
  .post('/complete', requireRole('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'CompleteBatch');
    const answers = await completeTasks(c.var.store, batch, c.var.settings, c.var.now);
    return c.json({ results: answers.map(itemResult) });
  })
  .post('/fail', requireRole('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'FailBatch');
    const answers = await failTasks(c.var.store, batch, c.var.settings, c.var.now);
    return c.json({ results: answers.map(itemResult) });
  })
  .post('/release', requireRole('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'ReleaseBatch');
    const answers = await releaseTasks(c.var.store, batch, c.var.settings, c.var.now);
    return c.json({ results: answers.map(itemResult) });
  });
