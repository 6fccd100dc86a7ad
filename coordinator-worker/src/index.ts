// SPDX-License-Identifier: Apache-2.0
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { limitCalls } from './auth/limits';
import { authenticate } from './auth/middleware';
import { onSchedule } from './cron';
import { readEnvironment, type Bindings } from './env';
import type { App } from './http/app';
import { onError, onNotFound } from './http/failures';
import { Problem, problemResponse } from './http/problem';
import { admin, audit } from './routes/admin';
import { agents } from './routes/agents';
import { files } from './routes/files';
import { garbage } from './routes/garbage';
import { jobs } from './routes/jobs';
import { health, metrics, status } from './routes/status';
import { leases, tasks } from './routes/tasks';
import { tokens } from './routes/tokens';
import { d1Store } from './sql/d1-store';

/** A batch of 500 planned files with the longest paths fits. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** The Worker. `clock` is its only time: milliseconds since 1970. */
export function createApp(clock: () => number): Hono<App> {
  const app = new Hono<App>();
  app.onError(onError);
  app.notFound(onNotFound);

  app.use(async (c, next) => {
    c.set('requestId', crypto.randomUUID());
    c.set('now', clock());
    await next();
    c.header('X-Request-Id', c.var.requestId);
  });
  app.use(
    methodNotAllowed<App>({
      app,
      onMethodNotAllowed: (c, methods) => {
        const { method, path } = c.req;
        const allowed = methods.join(', ');
        return problemResponse(
          { reason: 'method_not_allowed', method, path, allowed },
          c.var.requestId,
        );
      },
    }),
  );
  app.route('/healthz', health);

  app.use(async (c, next) => {
    const { settings, tokens } = readEnvironment(c.env);
    c.set('settings', settings);
    c.set('tokens', tokens);
    c.set('store', d1Store(c.env.DB));
    await next();
  });
  app.use(authenticate);
  app.use(limitCalls);
  app.use(
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => {
        throw new Problem({ reason: 'body_too_large', limitBytes: BODY_BYTES_MAX });
      },
    }),
  );

  app.route('/v1/agents', agents);
  app.route('/v1/jobs', jobs);
  app.route('/v1/leases', leases);
  app.route('/v1/tasks', tasks);
  app.route('/v1/files', files);
  app.route('/v1/garbage', garbage);
  app.route('/v1/admin', admin);
  app.route('/v1/audit', audit);
  app.route('/v1/tokens', tokens);
  app.route('/status', status);
  app.route('/metrics', metrics);
  return app;
}

const app = createApp(() => Date.now());

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, bindings) => onSchedule(bindings, scheduledTime),
} satisfies ExportedHandler<Bindings>;
