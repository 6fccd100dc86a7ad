// SPDX-License-Identifier: Apache-2.0
import type { ItemResult, Problem as ProblemBody } from '../generated/messages';
import type { ItemAnswer, Refusal } from '../domain/refusal';

/** Refusals that only HTTP knows. */
export type HttpRefusal =
  | { reason: 'malformed_json'; found: string }
  | { reason: 'invalid_request'; at: string; found: string }
  | { reason: 'body_too_large'; limitBytes: number }
  | { reason: 'unauthorized' }
  | { reason: 'forbidden'; role: string; needed: readonly string[] }
  | { reason: 'agent_name_mismatch'; tokenName: string; agentName: string }
  | { reason: 'not_found'; path: string }
  | { reason: 'method_not_allowed'; method: string; path: string; allowed: string }
  | { reason: 'rate_limited' }
  | { reason: 'misconfigured' }
  | { reason: 'overloaded' }
  | { reason: 'internal_error' };

export type AnyRefusal = Refusal | HttpRefusal;

/** A refusal of the whole request that is not the domain's. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(readonly refusal: HttpRefusal) {
    super(refusal.reason);
  }
}

interface Wording {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

const DETAIL_CHARS_MAX = 2000;

/** That of the limits in wrangler.toml, of which a Worker can't read it. */
export const RATE_PERIOD_SECONDS = 10;

/** RFC 9457. `type` is the contract; a reason without a wording doesn't compile. */
export function problemBody(refusal: AnyRefusal, requestId?: string): ProblemBody {
  const { status, title, detail } = word(refusal);
  return {
    type: `urn:syncmate:problem:${refusal.reason}`,
    title,
    status,
    detail: detail.slice(0, DETAIL_CHARS_MAX),
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

export function problemResponse(refusal: AnyRefusal, requestId: string): Response {
  const body = problemBody(refusal, requestId);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'Content-Type': 'application/problem+json', ...extraHeaders(refusal) },
  });
}

function extraHeaders(refusal: AnyRefusal): Record<string, string> {
  if (refusal.reason === 'unauthorized') return { 'WWW-Authenticate': 'Bearer realm="syncmate"' };
  if (refusal.reason === 'method_not_allowed') return { Allow: refusal.allowed };
  if (refusal.reason === 'rate_limited') return { 'Retry-After': String(RATE_PERIOD_SECONDS) };
  if (refusal.reason === 'overloaded') return { 'Retry-After': '5' };
  return {};
}

export const itemResult = ({ id, refusal }: ItemAnswer): ItemResult =>
  refusal === null
    ? { id, outcome: 'ok' }
    : { id, outcome: 'refused', problem: problemBody(refusal) };

function word(refusal: AnyRefusal): Wording {
  switch (refusal.reason) {
    case 'session_unknown':
      return {
        status: 409,
        title: 'Session is not open',
        detail: `Session ${refusal.sessionId} is unknown, ended or expired, and its leases are lost. Stop its work and register with a new session id.`,
      };
    case 'session_conflict':
      return {
        status: 409,
        title: 'Session id is taken',
        detail: `Session ${refusal.sessionId} was registered with other properties. Choose a new session id.`,
      };
    case 'contract_unsupported':
      return {
        status: 426,
        title: 'Contract version is not supported',
        detail: `The agent speaks contract version ${refusal.presented}; this coordinator speaks ${refusal.supported}. ${
          refusal.presented < refusal.supported
            ? "Install the agent.jar of the coordinator's release on this host."
            : "Deploy the coordinator of the agent's release first, or install the agent.jar of the coordinator's."
        }`,
      };
    case 'role_mismatch':
      return {
        status: 403,
        title: 'Session has another role',
        detail: `The session is registered as ${refusal.sessionRole}; this call is for ${refusal.needed}. Register as ${refusal.needed} or both.`,
      };
    case 'job_unknown':
      return {
        status: 404,
        title: 'Job is unknown',
        detail: `There is no job ${refusal.jobId}. Submit it first.`,
      };
    case 'job_cancelled':
      return {
        status: 409,
        title: 'Job is cancelled',
        detail: `Job ${refusal.jobId} is cancelled. POST /v1/tasks/retry brings its files back.`,
      };
    case 'agent_unknown':
      return {
        status: 404,
        title: 'Agent is unknown',
        detail: `No live agent is called ${refusal.name}. GET /v1/agents lists them.`,
      };
    case 'token_unknown':
      return {
        status: 404,
        title: 'Token is unknown',
        detail: `There is no token ${refusal.tokenId}. GET /v1/tokens lists those that were added.`,
      };
    case 'token_revoked':
      return {
        status: 409,
        title: 'Token was revoked',
        detail: `The token is the former token ${refusal.tokenId} and stays revoked. Make a new one.`,
      };
    case 'token_conflict':
      return {
        status: 409,
        title: 'Token is there already',
        detail: `The token is token ${refusal.tokenId}, for ${refusal.name} as ${refusal.role}. Make a new one for another holder.`,
      };
    case 'job_sealed':
      return {
        status: 409,
        title: 'Job is sealed',
        detail: `Job ${refusal.jobId} is sealed and has no file ${refusal.virtualPath}. Submit it in another job.`,
      };
    case 'job_incomplete':
      return {
        status: 409,
        title: 'Job has another number of files',
        detail: `Job ${refusal.jobId} has ${refusal.current} files; the seal says ${refusal.presented}. Submit the whole plan, then seal.`,
      };
    case 'slice_exceeds_window':
      return {
        status: 422,
        title: 'A slice does not fit into the window',
        detail: `slice_size_bytes is ${refusal.sliceSizeBytes}, window_bytes ${refusal.windowBytes} (expected: slice_size_bytes <= window_bytes). Use a larger window or smaller slices.`,
      };
    case 'file_conflict':
      return {
        status: 409,
        title: 'File is already planned differently',
        detail: `File ${refusal.virtualPath} is in the job with other values of ${refusal.fields.join(', ')}. Give it a virtual path of its own.`,
      };
    case 'file_invalid':
      return {
        status: 422,
        title: 'File can not be planned so',
        detail: `File ${refusal.virtualPath}: ${refusal.found} (expected: ${refusal.expected}).`,
      };
    case 'file_unknown':
      return {
        status: 404,
        title: 'File is unknown',
        detail: `There is no file ${refusal.fileId}.`,
      };
    case 'task_unknown':
      return {
        status: 404,
        title: 'Task is unknown',
        detail: `There is no task ${refusal.taskId}.`,
      };
    case 'lease_stale':
      return {
        status: 409,
        title: 'Lease is no longer held',
        detail: staleDetail(refusal),
      };
    case 'object_mismatch':
      return {
        status: 409,
        title: 'Report does not fit the lease',
        detail: `Task ${refusal.taskId}: ${refusal.field} is ${refusal.presented} (expected: ${refusal.expected}). Nothing was changed; fail the task or report the leased object.`,
      };
    case 'malformed_json':
      return {
        status: 400,
        title: 'Body is not JSON',
        detail: `The body is ${refusal.found} (expected: one JSON value in UTF-8).`,
      };
    case 'invalid_request':
      return {
        status: 400,
        title: 'Request does not fit the contract',
        detail: `${refusal.at}: ${refusal.found}`,
      };
    case 'body_too_large':
      return {
        status: 413,
        title: 'Body is too large',
        detail: `The body has more than ${refusal.limitBytes} bytes. Send smaller batches.`,
      };
    case 'unauthorized':
      return {
        status: 401,
        title: 'Token is missing or unknown',
        detail: 'Send "Authorization: Bearer <token>" with a token that this coordinator knows.',
      };
    case 'forbidden':
      return {
        status: 403,
        title: 'Role does not permit this',
        detail: `The token has role ${refusal.role} (expected: ${[...new Set([...refusal.needed, 'admin'])].join(' or ')}).`,
      };
    case 'agent_name_mismatch':
      return {
        status: 403,
        title: 'Token is for another agent',
        detail: `The token is for the agent ${refusal.tokenName}; this one is called ${refusal.agentName}. Use its own token, or set its name to ${refusal.tokenName}.`,
      };
    case 'not_found':
      return { status: 404, title: 'Not found', detail: `There is no ${refusal.path}.` };
    case 'method_not_allowed':
      return {
        status: 405,
        title: 'Method is not allowed',
        detail: `${refusal.path} does not know ${refusal.method} (expected: ${refusal.allowed}).`,
      };
    case 'rate_limited':
      return {
        status: 429,
        title: 'Too many calls',
        detail: `More calls than are permitted in ${RATE_PERIOD_SECONDS} s. Repeat the same request later.`,
      };
    case 'misconfigured':
      return {
        status: 500,
        title: 'Coordinator is misconfigured',
        detail: 'A binding of the deployment is missing or wrong; the log names it.',
      };
    case 'overloaded':
      return {
        status: 503,
        title: 'Database is busy',
        detail: 'The database did not answer in time. Repeat the same request later.',
      };
    case 'internal_error':
      return {
        status: 500,
        title: 'Internal error',
        detail: 'Something unexpected happened; the log has it under the request id.',
      };
  }
}

function staleDetail(refusal: Extract<Refusal, { reason: 'lease_stale' }>): string {
  const { subject, id, presentedEpoch, currentEpoch } = refusal;
  const found =
    presentedEpoch === currentEpoch
      ? `${subject} ${id} at epoch ${currentEpoch} is not leased to this session`
      : `${subject} ${id} is at epoch ${currentEpoch}; the request carries ${presentedEpoch}`;
  const what = subject === 'Task' ? 'task' : 'file';
  return `${found} (presented_epoch=${presentedEpoch}, current_epoch=${currentEpoch}). Stop work on this ${what} and lease another.`;
}
