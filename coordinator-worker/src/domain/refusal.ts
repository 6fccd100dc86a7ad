// SPDX-License-Identifier: Apache-2.0
/** Of who calls: sessions, agents, tokens. */
export type CallerRefusal =
  | { reason: 'session_unknown'; sessionId: string }
  | { reason: 'session_conflict'; sessionId: string }
  | {
      reason: 'domain_conflict';
      domain: string;
      name: string;
      host: string;
      rivalName: string;
      rivalHost: string;
    }
  | { reason: 'contract_unsupported'; presented: number; supported: number }
  | { reason: 'role_mismatch'; sessionRole: string; needed: string }
  | { reason: 'agent_unknown'; name: string }
  | { reason: 'token_unknown'; tokenId: string }
  | { reason: 'token_revoked'; tokenId: string }
  | { reason: 'token_conflict'; tokenId: string; name: string; role: string };

/** Of jobs, files and tasks. */
export type WorkRefusal =
  | { reason: 'job_unknown'; jobId: string }
  | { reason: 'job_cancelled'; jobId: string }
  | {
      reason: 'destination_mismatch';
      jobId: string;
      jobDestination: string;
      agentDestination: string;
      domain: string;
    }
  | { reason: 'job_sealed'; jobId: string; virtualPath: string }
  | { reason: 'job_incomplete'; jobId: string; presented: number; current: number }
  | { reason: 'slice_exceeds_window'; sliceSizeBytes: number; windowBytes: number }
  | { reason: 'file_conflict'; virtualPath: string; fields: readonly string[] }
  | { reason: 'file_invalid'; virtualPath: string; found: string; expected: string }
  | { reason: 'file_unknown'; fileId: string }
  | { reason: 'task_unknown'; taskId: string }
  | {
      reason: 'lease_stale';
      subject: 'Task' | 'File';
      id: string;
      presentedEpoch: number;
      currentEpoch: number;
    }
  | {
      reason: 'object_mismatch';
      taskId: string;
      field: 'object_key' | 'size_bytes' | 'sha256';
      presented: string;
      expected: string;
    };

/** Why a request, or one item of a batch, changes nothing. `src/http/wordings/` has the words for each. */
export type Refusal = CallerRefusal | WorkRefusal;

/** A refusal on its way out of a use case: the whole request is refused. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly refusal: Refusal) {
    super(refusal.reason);
  }
}

/** Answer to one item of a batch; `refusal` is null where the item is done, now or before. */
export interface ItemAnswer {
  readonly id: string;
  readonly refusal: Refusal | null;
}
