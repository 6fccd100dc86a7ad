// SPDX-License-Identifier: Apache-2.0
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { limitCalls } from './auth/limits';
import { authenticate } from './auth/middleware';
import { onSchedule } from './cron';
import { readEnvironment, type Bindings } from './env';
import type { App } from './http/app';
import { onError, onMethodNotAllowed, onNotFound } from './http/failures';
import { Problem } from './http/problem';
import { admin, audit } from './routes/admin';
import { agents } from './routes/agents';
import { files } from './routes/files';
import { garbage } from './routes/garbage';
import { jobs } from './routes/jobs';
import { manifests } from './routes/manifests';
import { health, metrics, status } from './routes/status';
import { leases, tasks } from './routes/tasks';
import { tokens } from './routes/tokens';
import { d1Ports, d1Recording } from './sql/ports';

/** A batch of 500 planned files with the longest paths fits. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** The Worker. `clock` is its only time: milliseconds since 1970. */
export function createApp(clock: () => number): Hono<App> {
  const app = new Hono<App>();
  app.onError(onError);
  app.notFound(onNotFound);
  app.use(stamp(clock));
  app.use(methodNotAllowed<App>({ app, onMethodNotAllowed }));
  app.route('/healthz', health);

  app.use(provide);
  app.use(authenticate);
  app.use(limitCalls);
  app.use(bodyLimit({ maxSize: BODY_BYTES_MAX, onError: refuseBody }));
  app.route('/v1/agents', agents);
  app.route('/v1/jobs', jobs);
  app.route('/v1/leases', leases);
  app.route('/v1/tasks', tasks);
  app.route('/v1/files', files);
  app.route('/v1/manifests', manifests);
  app.route('/v1/garbage', garbage);
  app.route('/v1/admin', admin);
  app.route('/v1/audit', audit);
  app.route('/v1/tokens', tokens);
  app.route('/status', status);
  app.route('/metrics', metrics);
  return app;
}

/** When a request came, and what it is called in answers and logs. */
const stamp =
  (clock: () => number): MiddlewareHandler<App> =>
  async (c, next) => {
    c.set('requestId', crypto.randomUUID());
    c.set('now', clock());
    await next();
    c.header('X-Request-Id', c.var.requestId);
  };

/** What handlers work with. */
const provide: MiddlewareHandler<App> = async (c, next) => {
  const { settings, tokens } = readEnvironment(c.env);
  c.set('settings', settings);
  c.set('tokens', tokens);
  c.set('ports', d1Ports(c.env.DB));
  c.set('record', (call) => d1Recording(c.env.DB, call));
  await next();
};

function refuseBody(): never {
  throw new Problem({ reason: 'body_too_large', limitBytes: BODY_BYTES_MAX });
}

const app = createApp(() => Date.now());

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, bindings) => onSchedule(bindings, scheduledTime),
} satisfies ExportedHandler<Bindings>;
