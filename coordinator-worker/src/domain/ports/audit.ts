// SPDX-License-Identifier: Apache-2.0
import type { AuditEntry } from '../../generated/messages';
import type { Paged } from './reports';

/** What operators did. */
export interface AuditLog {
  /** Newest first. */
  page(query: Paged<number>): Promise<readonly AuditEntry[]>;
}

/** A call of an operator, before its answer is known. */
export interface AuditRecord {
  readonly at: number;
  readonly tokenName: string;
  readonly tokenRole: AuditEntry['token_role'];
  readonly call: AuditEntry['call'];
  readonly subject: string;
  readonly requestId: string;
}
