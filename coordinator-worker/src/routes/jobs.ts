// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { getJob, sealJob, submitFiles, submitJob } from '../domain/jobs';
import type { App } from '../http/app';
import { itemResult } from '../http/problem';
import { checkParameter, readBody } from '../http/validate';

const jobId = (id: string) => checkParameter('job_id', id, 'job_id');

export const jobs = new Hono<App>()
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
  });
