// SPDX-License-Identifier: Apache-2.0
import type { AuditPage } from '../generated/messages';
import { nextAfter } from './pages';
import type { Needs } from './ports/ports';

const PAGE = 100;

/** What operators did, and who they were. Refused calls have a row too, once their form was right. */
export async function auditPage(
  { auditLog }: Needs<'auditLog'>,
  after: number | null,
): Promise<AuditPage> {
  const entries = [...(await auditLog.page({ after, limit: PAGE }))];
  return { entries, next: nextAfter(entries, PAGE, ({ audit_id }) => audit_id) };
}
