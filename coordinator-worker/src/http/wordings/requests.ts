// SPDX-License-Identifier: Apache-2.0
import type { HttpRefusal } from '../refusals';
import type { Wordings } from './wording';

/** That of the limits in wrangler.toml, of which a Worker can't read it. */
export const RATE_PERIOD_SECONDS = 10;

/** Of the request itself, and of what lies behind the Worker. */
export const REQUESTS: Wordings<HttpRefusal> = {
  malformed_json: {
    status: 400,
    title: 'Body is not JSON',
    detail: ({ found }) => `The body is ${found} (expected: one JSON value in UTF-8).`,
  },
  invalid_request: {
    status: 400,
    title: 'Request does not fit the contract',
    detail: ({ at, found }) => `${at}: ${found}`,
  },
  body_too_large: {
    status: 413,
    title: 'Body is too large',
    detail: ({ limitBytes }) => `The body has more than ${limitBytes} bytes. Send smaller batches.`,
  },
  unauthorized: {
    status: 401,
    title: 'Token is missing or unknown',
    detail: () => 'Send "Authorization: Bearer <token>" with a token that this coordinator knows.',
    headers: () => ({ 'WWW-Authenticate': 'Bearer realm="syncmate"' }),
  },
  forbidden: {
    status: 403,
    title: 'Role does not permit this',
    detail: ({ role, needed }) =>
      `The token has role ${role} (expected: ${[...new Set([...needed, 'admin'])].join(' or ')}).`,
  },
  agent_name_mismatch: {
    status: 403,
    title: 'Token is for another agent',
    detail: ({ tokenName, agentName }) =>
      `The token is for the agent ${tokenName}; this one is called ${agentName}. Use its own token, or set its name to ${tokenName}.`,
  },
  not_found: { status: 404, title: 'Not found', detail: ({ path }) => `There is no ${path}.` },
  method_not_allowed: {
    status: 405,
    title: 'Method is not allowed',
    detail: ({ method, path, allowed }) =>
      `${path} does not know ${method} (expected: ${allowed}).`,
    headers: ({ allowed }) => ({ Allow: allowed }),
  },
  rate_limited: {
    status: 429,
    title: 'Too many calls',
    detail: () =>
      `More calls than are permitted in ${RATE_PERIOD_SECONDS} s. Repeat the same request later.`,
    headers: () => ({ 'Retry-After': String(RATE_PERIOD_SECONDS) }),
  },
  misconfigured: {
    status: 500,
    title: 'Coordinator is misconfigured',
    detail: () => 'A binding of the deployment is missing or wrong; the log names it.',
  },
  overloaded: {
    status: 503,
    title: 'Database is busy',
    detail: () => 'The database did not answer in time. Repeat the same request later.',
    headers: () => ({ 'Retry-After': '5' }),
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: () => 'Something unexpected happened; the log has it under the request id.',
  },
};
