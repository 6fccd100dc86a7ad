// SPDX-License-Identifier: Apache-2.0
import type { AgentDirective, JobStatus } from '../generated/messages';
import type { LeaseEnd } from '../domain/ports/leases';
import type { Operators } from '../domain/ports/operators';
import { isLive } from './conditions';
import { groupsOf, settleGroups } from './publishing';
import { rows, transaction, when } from './statement';
import { FINISH_JOBS } from './totals';
import { failFiles, GUARDED, reviveFiles } from './whole-files';

/** A cancelled job stays it; one that is over has nothing to pause. Needs :job, :wanted. */
const CONTROL = `
UPDATE jobs SET control = :wanted
 WHERE job_id = :job AND control <> :wanted AND control <> 'cancelled' AND state <> 'done'`;

/** No file is added any more, until the job comes back. Needs :job. */
const SEAL_CANCELLED = `
UPDATE jobs SET state = 'active', cut_short = 1
 WHERE job_id = :job AND control = 'cancelled' AND state = 'open'`;

/** A plan that a cancellation cut short is open again: who submits it next completes it. Needs :job. */
const REOPEN = `
UPDATE jobs SET control = 'run', state = CASE WHEN cut_short THEN 'open' ELSE state END, cut_short = 0,
                sweep_at = coalesce(sweep_at, 0)
 WHERE job_id = :job AND control = 'cancelled'`;

/** Needs :job, :after, :limit. */
const UNFINISHED = `
SELECT f.file_id, f.planned_path
  FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = :job AND f.planned_path > :after
   AND f.state IN ('unresolved', 'transferring', 'placing')
 ORDER BY f.planned_path LIMIT :limit`;

/** Needs :items. */
const CANCELLED = `
SELECT ${GUARDED},
       CASE WHEN f.state = 'placing' AND f.lease_session IS NOT NULL
            THEN 'cancelled by the operator while it was being placed: its target is old or new'
            ELSE 'cancelled by the operator' END AS error
  FROM json_each(:items) i CROSS JOIN files f ON f.file_id = i.value
  JOIN jobs j ON j.job_no = f.job_no AND j.control = 'cancelled'
 WHERE f.state IN ('unresolved', 'transferring', 'placing')`;

/** A job whose files all were over before is finished too. Groups need no look: all of their files fail. Needs :items, :now, :later. */
const CANCEL_FILES = [...failFiles(CANCELLED), FINISH_JOBS];

/** Needs :job, :limit. */
const FAILED_FILES = `
SELECT f.file_id FROM jobs j CROSS JOIN files f ON f.job_no = j.job_no
 WHERE j.job_id = :job AND f.state = 'failed' LIMIT :limit`;

/** What is placed together is tried together: a failed file brings the failed ones of its group back. Needs :job, :items. */
const REVIVED = `
WITH asked AS (
  SELECT f.file_id, f.job_no, f.publish_group
    FROM json_each(:items) i CROSS JOIN files f ON f.file_id = i.value
    JOIN jobs j ON j.job_no = f.job_no AND j.job_id = :job
   WHERE f.state = 'failed'),
  back AS (
  SELECT file_id FROM asked
   UNION
  SELECT m.file_id FROM asked a CROSS JOIN files m ON m.job_no = a.job_no AND m.publish_group = a.publish_group
   WHERE m.state = 'failed')
SELECT ${GUARDED},
       CASE WHEN f.slices_total = 0 THEN 'unresolved'
            WHEN f.downloaded_slices = f.slices_total THEN 'placing'
            ELSE 'transferring' END AS becomes
  FROM back CROSS JOIN files f ON f.file_id = back.file_id`;

const REVIVE_FILES = [...reviveFiles(REVIVED), ...settleGroups(groupsOf('i.value'))];

/** Needs :name, :now. */
const OF_THAT_NAME = `${isLive('sessions')} AND name = :name`;

/** Needs :directive too. */
const DIRECT = `UPDATE sessions SET directive = :directive WHERE ${OF_THAT_NAME} AND directive <> :directive`;

/** Rows that said so before count too, so that a repeat is answered the same. */
const DIRECTED = `SELECT count(*) AS n FROM sessions WHERE ${OF_THAT_NAME} AND directive = :directive`;

export class D1Operators implements Operators {
  constructor(private readonly db: D1Database) {}

  async controlJob(jobId: string, wanted: JobStatus['control']): Promise<void> {
    const steps = [CONTROL, ...when(wanted === 'cancelled', SEAL_CANCELLED)];
    await transaction(this.db, steps, { job: jobId, wanted });
  }

  async cancelFiles(
    jobId: string,
    { after, limit, now, laterAt }: LeaseEnd & { readonly after: string; readonly limit: number },
  ): Promise<string | null> {
    const found = await rows<{ file_id: number; planned_path: string }>(this.db, UNFINISHED, {
      job: jobId,
      after,
      limit,
    });
    const items = JSON.stringify(found.map(({ file_id }) => file_id));
    await transaction(this.db, CANCEL_FILES, { items, now, later: laterAt });
    return found.length < limit ? null : (found.at(-1)?.planned_path ?? null);
  }

  async reopenCancelled(jobId: string): Promise<void> {
    await transaction(this.db, [REOPEN], { job: jobId });
  }

  async failedFiles(jobId: string, limit: number): Promise<number[]> {
    const found = await rows<{ file_id: number }>(this.db, FAILED_FILES, { job: jobId, limit });
    return found.map(({ file_id }) => file_id);
  }

  async reviveFiles(jobId: string, ids: readonly number[]): Promise<void> {
    await transaction(this.db, REVIVE_FILES, { job: jobId, items: JSON.stringify(ids) });
  }

  async directSessions(order: {
    readonly name: string;
    readonly directive: AgentDirective['directive'];
    readonly now: number;
  }): Promise<number> {
    const [found] = await transaction<{ n: number }>(this.db, [DIRECT, DIRECTED], order);
    return found?.n ?? 0;
  }
}
