// SPDX-License-Identifier: Apache-2.0
import type { AuditPage } from '../generated/messages';
import type { Store } from './store';

const PAGE = 100;

/** What operators did, and who they were. Refused calls have a row too, once their form was right. */
export async function auditPage(store: Store, after: number | null): Promise<AuditPage> {
  const entries = await store.auditPage({ after, limit: PAGE });
  return {
    entries: [...entries],
    next: entries.length === PAGE ? (entries.at(-1)?.audit_id ?? null) : null,
  };
}
