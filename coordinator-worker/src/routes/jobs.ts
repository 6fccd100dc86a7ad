// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { getJob, sealJob, submitFiles, submitJob } from '../domain/jobs';
import { cancelJob, pauseJob, resumeJob } from '../domain/operators';
import { jobPage } from '../domain/reports';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { batchReply } from '../http/problem';
import { checkParameter, checkQuery, readBody } from '../http/validate';

const jobId = (id: string) => checkParameter('job_id', id, 'job_id');

export const jobs = new Hono<App>()
  .get('/', allow(...ANY_ROLE), async (c) =>
    c.json(await jobPage(c.var.ports, checkQuery(c, 'after', 'job_id'))),
  )
  .post('/', allow('send', 'recv'), async (c) => {
    const submission = await readBody(c, 'JobSubmission');
    return c.json(await submitJob(c.var.ports, submission, c.var.now));
  })
  .get('/:id', allow(...ANY_ROLE), async (c) =>
    c.json(await getJob(c.var.ports, jobId(c.req.param('id')))),
  )
  .post('/:id/files', allow('send', 'recv'), async (c) => {
    const id = jobId(c.req.param('id'));
    const { files } = await readBody(c, 'FileBatch');
    return c.json(batchReply(await submitFiles(c.var.ports, id, files)));
  })
  .post('/:id/seal', allow('send', 'recv'), async (c) => {
    const id = jobId(c.req.param('id'));
    return c.json(await sealJob(c.var.ports, id, await readBody(c, 'JobSeal')));
  })
  .post('/:id/pause', allow('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    return audited(c, { call: 'pauseJob', subject: `job ${id}` }, (ports) => pauseJob(ports, id));
  })
  .post('/:id/resume', allow('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    return audited(c, { call: 'resumeJob', subject: `job ${id}` }, (ports) => resumeJob(ports, id));
  })
  .post('/:id/cancel', allow('admin'), (c) => {
    const id = jobId(c.req.param('id'));
    const { settings, now } = c.var;
    return audited(c, { call: 'cancelJob', subject: `job ${id}` }, (ports) =>
      cancelJob(ports, id, settings, now),
    );
  });
