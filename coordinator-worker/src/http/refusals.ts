// SPDX-License-Identifier: Apache-2.0
import type { Refusal } from '../domain/refusal';

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
