// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { allow } from '../auth/middleware';
import { ANY_ROLE } from '../auth/tokens';
import { manifestPage } from '../domain/manifests';
import type { App } from '../http/app';
import { checkParameter, checkQuery } from '../http/validate';

export const manifests = new Hono<App>().get('/', allow(...ANY_ROLE), async (c) => {
  const destination = checkParameter('destination', c.req.query('destination'), 'destination');
  return c.json(
    await manifestPage(c.var.ports, destination, checkQuery(c, 'after', 'manifest_part')),
  );
});
