// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { isForAgent, permits } from '../auth/tokens';
import { agentPage, directAgents } from '../domain/operators';
import { endSession, heartbeat, registerAgent, requireContract } from '../domain/sessions';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { Problem } from '../http/problem';
import { check, checkParameter, readBody, readJson } from '../http/validate';

/** null: the schema has the say. */
function presentedContract(body: unknown): number | null {
  if (typeof body !== 'object' || body === null || !('contract_version' in body)) return null;
  const { contract_version: version } = body;
  return typeof version === 'number' && Number.isInteger(version) ? version : null;
}

export const agents = new Hono<App>()
  .get('/', async (c) => {
    const after = c.req.query('after');
    const from = after === undefined ? null : checkParameter('after', after, 'session_id');
    return c.json(await agentPage(c.var.store, from, c.var.now));
  })
  .post('/directive', requireRole('admin'), async (c) => {
    const order = await readBody(c, 'AgentDirective');
    const subject = `agent ${order.name}: ${order.directive}`;
    return audited(c, { call: 'direct', subject }, (store) =>
      directAgents(store, order, c.var.now),
    );
  })
  .post('/', requireRole('send', 'recv'), async (c) => {
    const body = await readJson(c);
    const version = presentedContract(body);
    if (version !== null) requireContract(version);
    const registration = check('AgentRegistration', body);
    const { principal } = c.var;
    const { role, name: tokenName } = principal;
    const needed = registration.role === 'both' ? (['both'] as const) : [registration.role];
    if (!permits(role, needed)) throw new Problem({ reason: 'forbidden', role, needed });
    const agentName = registration.name;
    if (!isForAgent(principal, agentName)) {
      throw new Problem({ reason: 'agent_name_mismatch', tokenName, agentName });
    }
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
