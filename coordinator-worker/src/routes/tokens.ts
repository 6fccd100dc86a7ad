// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { addToken, revokeToken, tokenPage } from '../domain/tokens';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { checkNumber, checkParameter, readBody } from '../http/validate';

export const tokens = new Hono<App>()
  .get('/', allow('admin'), async (c) =>
    c.json(await tokenPage(c.var.ports, checkNumber(c, 'after', 'token_id'))),
  )
  .post('/', allow('admin'), async (c) => {
    const token = await readBody(c, 'TokenSubmission');
    const subject = `token for ${token.name}: ${token.role}`;
    return audited(c, { call: 'addToken', subject }, (ports) => addToken(ports, token, c.var.now));
  })
  .delete('/:id', allow('admin'), (c) => {
    const id = checkParameter('token_id', c.req.param('id'), 'token_id');
    return audited(c, { call: 'revokeToken', subject: `token ${id}` }, (ports) =>
      revokeToken(ports, id, c.var.now),
    );
  });
