// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { getJob, sealJob, submitFiles, submitJob } from '../domain/jobs';
import { cancelJob, jobPage, pauseJob, resumeJob } from '../domain/operators';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { itemResult } from '../http/problem';
import { checkParameter, readBody } from '../http/validate';

const jobId = (id: string) => checkParameter('job_id', id, 'job_id');

export const jobs = new Hono<App>()
  .get('/', async (c) => {
    const after = c.req.query('after');
    const from = after === undefined ? null : checkParameter('after', after, 'job_id');
    return c.json(await jobPage(c.var.store, from));
  })
  .post('/', requireRole('send', 'recv'), async (c) => {
    const submission = await readBody(c, 'JobSubmission');
    return c.json(await submitJob(c.var.store, submission, c.var.now));
  })
  .get('/:id', async (c) => c.json(await getJob(c.var.store, jobId(c.req.param('id')))))
  .post('/:id/files', requireRole('send', 'recv'), async (c) => {
    const id = jobId(c.req.param('id'));
    const { files } = await readBody(c, 'FileBatch');
    const answers = await submitFiles(c.var.store, id, files);
    return c.json({ results: answers.map(itemResult) });
  })
  .post('/:id/seal', requireRole('send', 'recv'), async (c) => {
    const id = jobId(c.req.param('id'));
    return c.json(await sealJob(c.var.store, id, await readBody(c, 'JobSeal')));
  })
  .post('/:id/pause', requireRole('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    return audited(c, { call: 'pauseJob', subject: `job ${id}` }, (store) => pauseJob(store, id));
  })
  .post('/:id/resume', requireRole('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    return audited(c, { call: 'resumeJob', subject: `job ${id}` }, (store) => resumeJob(store, id));
  })
  .post('/:id/cancel', requireRole('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    const { settings, now } = c.var;
    return audited(c, { call: 'cancelJob', subject: `job ${id}` }, (store) =>
      cancelJob(store, id, settings, now),
    );
  });
