// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow, requireRole } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { explainTask } from '../domain/explain';
import { TASK_STATES } from '../domain/model';
import { parseTaskId } from '../domain/names';
import { retryFailed } from '../domain/operators';
import { taskPage } from '../domain/reports';
import { takeTasks } from '../domain/taking';
import { completeTasks, failTasks, releaseTasks } from '../domain/tasks';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { batchReply } from '../http/problem';
import { checkParameter, checkQuery, checkState, readBody } from '../http/validate';

export const leases = new Hono<App>().post('/', allow('send', 'recv'), async (c) => {
  const { principal, ports, settings, now } = c.var;
  const request = await readBody(c, 'LeaseRequest');
  requireRole(principal, request.direction);
  return c.json(await takeTasks(ports, request, settings, now));
});

export const tasks = new Hono<App>()
  .get('/', allow(...ANY_ROLE), async (c) => {
    const jobId = checkParameter('job_id', c.req.query('job_id'), 'job_id');
    const state = checkState(c.req.query('state'), TASK_STATES);
    const from = checkQuery(c, 'after', 'task_id');
    const after = from === null ? null : parseTaskId(from);
    return c.json(await taskPage(c.var.ports, { jobId, state, after }));
  })
  .post('/retry', allow('admin', 'send', 'recv'), async (c) => {
    const request = await readBody(c, 'RetryRequest');
    const what =
      request.task_ids === null ? 'all failed files' : `${request.task_ids.length} tasks`;
    return audited(c, { call: 'retry', subject: `job ${request.job_id}: ${what}` }, (ports) =>
      retryFailed(ports, request, c.var.principal.role === 'admin'),
    );
  })
  .get('/:id', allow(...ANY_ROLE), async (c) => {
    const id = checkParameter('task_id', c.req.param('id'), 'task_id');
    return c.json(await explainTask(c.var.ports, parseTaskId(id), c.var.now));
  })
  .post('/complete', allow('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'CompleteBatch');
    return c.json(batchReply(await completeTasks(c.var.ports, batch, c.var.settings, c.var.now)));
  })
  .post('/fail', allow('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'FailBatch');
    return c.json(batchReply(await failTasks(c.var.ports, batch, c.var.settings, c.var.now)));
  })
  .post('/release', allow('send', 'recv'), async (c) => {
    const batch = await readBody(c, 'ReleaseBatch');
    return c.json(batchReply(await releaseTasks(c.var.ports, batch, c.var.settings, c.var.now)));
  });
