// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow, requireRole } from '../auth/middleware';
import { ANY_ROLE, isForAgent } from '../auth/tokens';
import { directAgents } from '../domain/operators';
import { agentPage } from '../domain/reports';
import { endSession, heartbeat, registerAgent, requireContract } from '../domain/sessions';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { Problem } from '../http/problem';
import { check, checkParameter, checkQuery, readBody, readJson } from '../http/validate';

/** null: the schema has the say. */
function presentedContract(body: unknown): number | null {
  if (typeof body !== 'object' || body === null || !('contract_version' in body)) return null;
  const { contract_version: version } = body;
  return typeof version === 'number' && Number.isInteger(version) ? version : null;
}

const sessionId = (id: string) => checkParameter('session_id', id, 'session_id');

export const agents = new Hono<App>()
  .get('/', allow(...ANY_ROLE), async (c) => {
    const from = checkQuery(c, 'after', 'session_id');
    return c.json(await agentPage(c.var.ports, from, c.var.now));
  })
  .post('/directive', allow('admin'), async (c) => {
    const order = await readBody(c, 'AgentDirective');
    const subject = `agent ${order.name}: ${order.directive}`;
    return audited(c, { call: 'direct', subject }, (ports) =>
      directAgents(ports, order, c.var.now),
    );
  })
  .post('/', allow('send', 'recv'), async (c) => {
    const { principal, ports, settings, now } = c.var;
    const body = await readJson(c);
    const version = presentedContract(body);
    if (version !== null) requireContract(version);
    const registration = check('AgentRegistration', body);
    requireRole(principal, registration.role);
    const agentName = registration.name;
    if (!isForAgent(principal, agentName)) {
      throw new Problem({ reason: 'agent_name_mismatch', tokenName: principal.name, agentName });
    }
    return c.json(await registerAgent(ports, registration, settings, now));
  })
  .post('/:id/heartbeat', allow('send', 'recv'), async (c) => {
    const id = sessionId(c.req.param('id'));
    const beat = await readBody(c, 'Heartbeat');
    const { ports, settings, now } = c.var;
    return c.json(await heartbeat(ports, { ...beat, sessionId: id }, settings, now));
  })
  .delete('/:id', allow('send', 'recv'), async (c) =>
    c.json(await endSession(c.var.ports, sessionId(c.req.param('id')), c.var.now)),
  );
