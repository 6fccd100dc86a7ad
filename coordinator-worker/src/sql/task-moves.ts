// SPDX-License-Identifier: Apache-2.0
import type { TaskTransition } from '../domain/model';
import { CALLER_IS_KNOWN, refusedUntil } from './conditions';
import { COUNT_FAILED, FORGET_FAILED } from './failures';
import { isHeldBy } from './leases';
import { groupsOf, settleGroups } from './publishing';
import { when } from './statement';
import { FINISH_JOBS, updateTotals } from './totals';
import { failFiles, GUARDED, LATE_UNTIL } from './whole-files';

/**
 * The end of leases on tasks: the only way out of `uploading` and `downloading` (but for a file that
 * fails or starts again as a whole). Effects come first, each from the tasks that still meet the
 * condition; the move itself is last, and makes a repeat find nothing.
 *
 * A stolen task has two attempts. Which one an item is about follows from its epoch; an attempt that
 * ends without a result leaves the task to the other one, if that is alive (decided here, from the rows
 * as they are in this transaction). A result ends both.
 *
 * All need :items, the transitions, and :session.
 */
const HIT = `hit AS (
  SELECT *, CASE WHEN wanted = 'pending' AND other_key IS NOT NULL THEN 'uploading' ELSE wanted END AS becomes
    FROM (
  SELECT t.file_id, t.slice_no, t.job_no, t.length_bytes, t.state AS was,
         t.lease_epoch <> (i.value ->> 'epoch') AS by_rival,
         CASE WHEN t.lease_epoch = (i.value ->> 'epoch') THEN t.object_key ELSE t.rival_key END AS own_key,
         CASE WHEN t.lease_epoch = (i.value ->> 'epoch') THEN t.rival_key ELSE t.object_key END AS other_key,
         i.value ->> 'to' AS wanted, i.value ->> 'garbageAt' AS garbage_at,
         i.value ->> 'sourceMetadata' AS new_metadata,
         i.value ->> 'sha256' AS new_sha256, i.value ->> 'sourceStamp' AS new_stamp, i.value ->> 'attempts' AS new_attempts,
         i.value ->> 'failures' AS new_failures, i.value ->> 'notBefore' AS new_not_before, i.value ->> 'error' AS new_error,
         i.value ->> 'refusedUntil' AS refused_until, i.value ->> 'byHolder' AS by_holder,
         i.value ->> 'mayComeLate' AS may_come_late
    FROM json_each(:items) i
   CROSS JOIN tasks t ON t.file_id = (i.value ->> 'fileId') AND t.slice_no = (i.value ->> 'sliceNo')
   WHERE t.state = (i.value ->> 'from') AND ${isHeldBy("(i.value ->> 'epoch')")}))`;

const ARRIVED = `arrived AS (
  SELECT file_id, count(*) AS slices, sum(length_bytes) AS bytes
    FROM hit WHERE becomes = 'downloaded' GROUP BY file_id)`;

const COUNT = updateTotals(`${HIT}, ${ARRIVED}, moved AS (
  SELECT job_no, 'task' AS what, was, becomes, count(*) AS n, sum(length_bytes) AS bytes
    FROM hit GROUP BY job_no, was, becomes
  UNION ALL
  SELECT f.job_no, 'file', 'transferring', 'placing', 1, f.transfer_bytes
    FROM arrived a CROSS JOIN files f ON f.file_id = a.file_id
   WHERE f.downloaded_slices + a.slices = f.slices_total)`);

/** Needs :later. */
const GARBAGE = `
WITH ${HIT}
INSERT INTO garbage (object_key, job_no, bytes, not_before)
SELECT own_key, job_no, length_bytes, garbage_at FROM hit WHERE garbage_at IS NOT NULL
UNION ALL
SELECT other_key, job_no, length_bytes, :later FROM hit WHERE other_key IS NOT NULL AND becomes <> 'uploading'`;

const ARRIVE = `
WITH ${HIT}, ${ARRIVED}
UPDATE files SET
  downloaded_slices = downloaded_slices + a.slices,
  downloaded_bytes = downloaded_bytes + a.bytes,
  state = CASE WHEN downloaded_slices + a.slices = slices_total THEN 'placing' ELSE state END,
  held = downloaded_slices + a.slices = slices_total AND publish_group IS NOT NULL
  FROM arrived a WHERE files.file_id = a.file_id`;

/** A file that fails with it has another source than it had. */
const REFUSE_HOST = `
WITH ${HIT}
UPDATE files SET refused = ${refusedUntil('h.refused_until')}, unproved = unproved OR h.fails
  FROM (SELECT file_id, max(refused_until) AS refused_until, max(becomes = 'failed') AS fails FROM hit
         WHERE refused_until IS NOT NULL GROUP BY file_id) h
 WHERE files.file_id = h.file_id AND ${CALLER_IS_KNOWN}`;

/**
 * A file of several slices has the stamp of the first that was sent. One that was read from another state of the
 * source, or from one that may have changed unseen, leaves the file to be proved.
 */
const NOTE_STAMPS = `
WITH ${HIT}, sent AS (
  SELECT file_id, min(new_stamp) AS stamp,
         max(new_stamp LIKE '~%') OR count(DISTINCT new_stamp) > 1 AS doubt
    FROM hit WHERE was = 'uploading' AND becomes = 'uploaded' AND new_stamp IS NOT NULL GROUP BY file_id)
UPDATE files SET source_stamp = coalesce(source_stamp, sent.stamp),
       unproved = unproved OR sent.doubt OR coalesce(source_stamp <> sent.stamp, 0)
  FROM sent
 WHERE files.file_id = sent.file_id AND (files.slices_total > 1 OR sent.doubt)
   AND (files.source_stamp IS NULL
     OR (files.unproved = 0 AND (sent.doubt OR files.source_stamp <> sent.stamp)))`;

/** An object that was cut off may come for a lease more, and is deleted once it is two leases old. */
const MAY_COME_LATE = `
WITH ${HIT}
UPDATE jobs SET late_until = max(late_until, ${LATE_UNTIL})
 WHERE job_no IN (SELECT job_no FROM hit
                   WHERE was = 'uploading' AND (may_come_late OR (becomes <> 'uploading' AND other_key IS NOT NULL)))`;

const RIVAL_STAYS = "h.becomes <> 'uploaded' AND (h.by_holder OR NOT h.by_rival)";

const MOVE = `
WITH ${HIT}
UPDATE tasks SET state = h.becomes,
    lease_session = CASE WHEN h.by_rival AND h.becomes <> 'uploaded' THEN lease_session
                         WHEN h.by_holder THEN :session END,
    object_key = CASE WHEN h.becomes IN ('pending', 'failed') THEN NULL
                      WHEN h.becomes <> 'uploading' THEN h.own_key
                      WHEN h.by_rival THEN object_key END,
    sha256 = CASE WHEN h.becomes IN ('pending', 'failed') THEN NULL ELSE h.new_sha256 END,
    source_metadata = coalesce(h.new_metadata, source_metadata),
    source_stamp = CASE WHEN h.was = 'uploading' THEN h.new_stamp ELSE source_stamp END,
    upload_epoch = CASE WHEN h.by_rival AND h.becomes = 'uploaded' THEN rival_epoch ELSE upload_epoch END,
    sender = CASE WHEN h.by_rival AND h.becomes = 'uploaded'
                  THEN coalesce((SELECT name FROM sessions WHERE session_id = :session), sender) ELSE sender END,
    rival_session = CASE WHEN ${RIVAL_STAYS} THEN rival_session END,
    rival_epoch = CASE WHEN ${RIVAL_STAYS} THEN rival_epoch END,
    rival_key = CASE WHEN h.becomes = 'uploading' AND NOT h.by_rival THEN rival_key END,
    failures = CASE WHEN h.new_failures IS NULL THEN failures ELSE json_patch(failures, h.new_failures) END,
    attempts = h.new_attempts, not_before = h.new_not_before,
    last_error = coalesce(h.new_error, last_error)
  FROM hit h WHERE tasks.file_id = h.file_id AND tasks.slice_no = h.slice_no`;

/** Runs after MOVE: the file of a task that has just failed. Its statements need :now and :later. */
const FAIL_FILES = failFiles(`
SELECT ${GUARDED},
       (SELECT t.last_error FROM tasks t WHERE t.file_id = f.file_id AND t.state = 'failed'
         ORDER BY t.slice_no LIMIT 1) AS error
  FROM files f
 WHERE f.file_id IN (SELECT i.value ->> 'fileId' FROM json_each(:items) i WHERE i.value ->> 'to' = 'failed')
   AND f.state = 'transferring'
   AND EXISTS (SELECT 1 FROM tasks t WHERE t.file_id = f.file_id AND t.state = 'failed')`);

const SETTLE_GROUPS = settleGroups(
  groupsOf("i.value ->> 'fileId'", "AND f.state IN ('placing', 'failed')"),
);

/** The statements that these transitions need. */
export function taskMoves(transitions: readonly TaskTransition[]) {
  const some = (test: (transition: TaskTransition) => boolean) => transitions.some(test);
  const fails = some(({ to }) => to === 'failed');
  const arrives = some(({ to }) => to === 'downloaded');
  return [
    COUNT,
    ...when(
      some(({ from, garbageAt }) => from === 'uploading' || garbageAt !== null),
      GARBAGE,
    ),
    ...when(some(isSent), NOTE_STAMPS),
    ...when(
      some(({ from }) => from === 'uploading'),
      MAY_COME_LATE,
    ),
    ...when(arrives, ARRIVE),
    ...when(
      some(({ refusedUntil: until }) => until !== null),
      REFUSE_HOST,
    ),
    ...when(
      some(({ failures }) => failures !== null),
      COUNT_FAILED,
    ),
    ...when(some(succeeds), FORGET_FAILED),
    MOVE,
    ...when(fails, ...FAIL_FILES),
    ...when(fails || arrives, ...SETTLE_GROUPS, FINISH_JOBS),
  ];
}

const isSent = ({ from, to }: TaskTransition): boolean => from === 'uploading' && to === 'uploaded';

const succeeds = (transition: TaskTransition): boolean =>
  transition.to === 'downloaded' || isSent(transition);
