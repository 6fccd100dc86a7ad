// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { permits } from '../auth/tokens';
import { endSession, heartbeat, registerAgent } from '../domain/sessions';
import type { App } from '../http/app';
import { Problem } from '../http/problem';
import { checkParameter, readBody } from '../http/validate';

export const agents = new Hono<App>()
  .post('/', requireRole('send', 'recv'), async (c) => {
    const registration = await readBody(c, 'AgentRegistration');
    const { role } = c.var.principal;
    const needed = registration.role === 'both' ? (['both'] as const) : [registration.role];
    if (!permits(role, needed)) throw new Problem({ reason: 'forbidden', role, needed });
    const { store, settings, now } = c.var;
    return c.json(await registerAgent(store, registration, settings, now));
  })
  .post('/:id/heartbeat', requireRole('send', 'recv'), async (c) => {
    const sessionId = checkParameter('session_id', c.req.param('id'), 'session_id');
    const beat = await readBody(c, 'Heartbeat');
    const { store, settings, now } = c.var;
    return c.json(await heartbeat(store, { ...beat, sessionId }, settings, now));
  })
  .delete('/:id', requireRole('send', 'recv'), async (c) => {
    const sessionId = checkParameter('session_id', c.req.param('id'), 'session_id');
    return c.json(await endSession(c.var.store, sessionId, c.var.now));
  });
