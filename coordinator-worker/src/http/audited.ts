// SPDX-License-Identifier: Apache-2.0
import type { Context } from 'hono';
import type { AuditRecord } from '../domain/ports/audit';
import type { Ports } from '../domain/ports/ports';
import type { App } from './app';
import { refusalOf } from './failures';
import { problemBody } from './problem';

/** Answers a call of an operator with what `act` returns, and leaves its row, whatever comes of it. */
export async function audited(
  c: Context<App>,
  { call, subject }: Pick<AuditRecord, 'call' | 'subject'>,
  act: (ports: Ports) => Promise<object>,
): Promise<Response> {
  const { record, now, requestId, principal } = c.var;
  const { name: tokenName, role: tokenRole } = principal;
  const recording = record({ at: now, tokenName, tokenRole, call, subject, requestId });
  let reply: object;
  try {
    reply = await act(recording.ports);
  } catch (error) {
    await recording.answered(problemBody(refusalOf(error)).status).catch((failure: unknown) => {
      console.error(`audit.failed id=${requestId} call=${call} error=${JSON.stringify(failure)}`);
    });
    throw error;
  }
  await recording.answered(200);
  return c.json(reply);
}
