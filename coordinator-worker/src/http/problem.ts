// SPDX-License-Identifier: Apache-2.0
import type { BatchReply, ItemResult, Problem as ProblemBody } from '../generated/messages';
import type { ItemAnswer } from '../domain/refusal';
import type { AnyRefusal, HttpRefusal } from './refusals';
import { WORDINGS } from './wordings/all';
import type { Wording } from './wordings/wording';

/** A refusal of the whole request that is not the domain's. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(readonly refusal: HttpRefusal) {
    super(refusal.reason);
  }
}

const DETAIL_CHARS_MAX = 2000;

/** The compiler doesn't see that a reason and its wording are about the same refusal. */
const wordingOf = (refusal: AnyRefusal) => WORDINGS[refusal.reason] as Wording<AnyRefusal>;

/** RFC 9457. `type` is the contract. */
export function problemBody(refusal: AnyRefusal, requestId?: string): ProblemBody {
  const { status, title, detail } = wordingOf(refusal);
  return {
    type: `urn:syncmate:problem:${refusal.reason}`,
    title,
    status,
    detail: detail(refusal).slice(0, DETAIL_CHARS_MAX),
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

export function problemResponse(refusal: AnyRefusal, requestId: string): Response {
  const body = problemBody(refusal, requestId);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'Content-Type': 'application/problem+json',
      ...wordingOf(refusal).headers?.(refusal),
    },
  });
}

const itemResult = ({ id, refusal }: ItemAnswer): ItemResult =>
  refusal === null
    ? { id, outcome: 'ok' }
    : { id, outcome: 'refused', problem: problemBody(refusal) };

/** What a batch is answered: an item's refusal is its own. */
export const batchReply = (answers: readonly ItemAnswer[]): BatchReply => ({
  results: answers.map(itemResult),
});
