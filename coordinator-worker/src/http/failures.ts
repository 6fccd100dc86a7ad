// SPDX-License-Identifier: Apache-2.0
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { RefusedError } from '../domain/refusal';
import { MisconfiguredError } from '../env';
import type { App } from './app';
import { Problem, problemResponse } from './problem';
import type { AnyRefusal } from './refusals';

/** What D1 says when trying again later helps. */
const TRANSIENT =
  /overloaded|timed? ?out|timeout|reset because|connection lost|too many requests|SQLITE_BUSY/i;

/** Every error becomes a problem; nothing of an unexpected one reaches the caller. */
export const onError: ErrorHandler<App> = (error, c) => {
  const requestId = c.var.requestId;
  const refusal = refusalOf(error);
  if (!isExpected(error)) {
    console.error(
      `request.failed id=${requestId} method=${c.req.method} path=${c.req.path} reason=${refusal.reason} error=${JSON.stringify(error.message)}`,
    );
  }
  return problemResponse(refusal, requestId);
};

const isExpected = (error: unknown): error is Problem | RefusedError =>
  error instanceof Problem || error instanceof RefusedError;

/** What the caller is told of an error. */
export function refusalOf(error: unknown): AnyRefusal {
  if (isExpected(error)) return error.refusal;
  if (error instanceof MisconfiguredError) return { reason: 'misconfigured' };
  if (error instanceof Error && TRANSIENT.test(error.message)) return { reason: 'overloaded' };
  return { reason: 'internal_error' };
}

export const onNotFound: NotFoundHandler<App> = (c) =>
  problemResponse({ reason: 'not_found', path: c.req.path.slice(0, 200) }, c.var.requestId);

export function onMethodNotAllowed(c: Context<App>, methods: readonly string[]): Response {
  const { method, path } = c.req;
  const allowed = methods.join(', ');
  return problemResponse({ reason: 'method_not_allowed', method, path, allowed }, c.var.requestId);
}
