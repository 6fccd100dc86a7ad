// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { requireRole } from '../auth/middleware';
import { addToken, revokeToken, tokenPage } from '../domain/tokens';
import type { App } from '../http/app';
import { audited } from '../http/audited';
import { checkParameter, readBody } from '../http/validate';

export const tokens = new Hono<App>()
  .get('/', requireRole('admin'), async (c) => {
    const after = c.req.query('after');
    const from = after === undefined ? null : Number(checkParameter('after', after, 'token_id'));
    return c.json(await tokenPage(c.var.store, from));
  })
  .post('/', requireRole('admin'), async (c) => {
    const token = await readBody(c, 'TokenSubmission');
    const subject = `token for ${token.name}: ${token.role}`;
    return audited(c, { call: 'addToken', subject }, (store) => addToken(store, token, c.var.now));
  })
  .delete('/:id', requireRole('admin'), (c) => {
    const id = checkParameter('token_id', c.req.param('id'), 'token_id');
    return audited(c, { call: 'revokeToken', subject: `token ${id}` }, (store) =>
      revokeToken(store, id, c.var.now),
    );
  });
