// SPDX-License-Identifier: Apache-2.0
import type { Claim, SessionRow } from './model';
import { RefusedError } from './refusal';

/**
 * Whose a job is: docs/adr/0018-a-job-has-one-destination.md. A receiver's session claims it; until one has, nothing
 * of it is handed to any receiver.
 */

type Receiver = Pick<SessionRow, 'destination' | 'domain' | 'targetFolderId'>;

/** The same as `serves` in sql/conditions.ts. */
export const serves = (receiver: Receiver, claim: Claim): boolean =>
  receiver.destination === claim.destination &&
  (receiver.domain !== claim.domain || receiver.targetFolderId === claim.folderId);

/** What a receiver's session says about a job that it submits. */
export const claimBy = ({ destination, domain, targetFolderId }: SessionRow): Claim => ({
  destination: destination ?? domain,
  domain,
  folderId: targetFolderId,
});

/** A job that is nobody's yet may be looked at by anybody. */
export function requireDestination(
  jobId: string,
  session: SessionRow,
  destination: string | null,
): void {
  if (destination !== null && destination !== session.destination) {
    throw mismatch(jobId, session, destination);
  }
}

export function requireServes(jobId: string, session: SessionRow, claim: Claim): void {
  if (!serves(session, claim)) throw mismatch(jobId, session, claim.destination);
}

const mismatch = (jobId: string, { destination, domain }: SessionRow, jobDestination: string) =>
  new RefusedError({
    reason: 'destination_mismatch',
    jobId,
    jobDestination,
    agentDestination: destination ?? domain,
    domain,
  });
