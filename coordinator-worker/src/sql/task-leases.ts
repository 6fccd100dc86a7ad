// SPDX-License-Identifier: Apache-2.0
import type { HeldTask, TaskLookup, TaskRef, TaskRow, TaskTransition } from '../domain/model';
import { taskId } from '../domain/names';
import type { LeaseEnd, TaskLeases } from '../domain/ports/leases';
import { UNTRIED } from './failures';
import { isHeldBy } from './leases';
import { IS_TAKEN_BEFORE, PICKED_EPOCH, PICKED_TASK, PICKS } from './picks';
import { rows, transaction, when } from './statement';
import { taskMoves } from './task-moves';
import { TASK_COLUMNS, taskRow, type StoredTask } from './task-rows';

/** The files of all, and the tasks of those that were handed out. Needs :refs. */
const FIND = `
SELECT f.file_id, i.value ->> 'sliceNo' AS slice_no, f.slices_total, f.epoch_floor, f.repair_sha256,
       f.source_stamp, ${TASK_COLUMNS}
  FROM json_each(:refs) i
 CROSS JOIN files f ON f.file_id = (i.value ->> 'fileId')
  LEFT JOIN tasks t ON t.file_id = f.file_id AND t.slice_no = (i.value ->> 'sliceNo')`;

/** By the session's takes: there is no index of leases, it would cost two rows a task. Needs :session, :takenBefore. */
const HELD = `
SELECT ${PICKED_EPOCH} AS held_epoch, t.file_id, t.slice_no, ${TASK_COLUMNS}
  FROM ${PICKS} ${PICKED_TASK}
 WHERE k.session_id = :session AND k.kind IN ('send', 'recv')
   AND ${IS_TAKEN_BEFORE} AND ${isHeldBy(PICKED_EPOCH)}`;

type Found = Omit<StoredTask, 'state'> & {
  state: TaskRow['state'] | null;
  slices_total: number;
  epoch_floor: number;
  source_stamp: string | null;
};

export class D1TaskLeases implements TaskLeases {
  constructor(private readonly db: D1Database) {}

  async find(refs: readonly TaskRef[]): Promise<TaskLookup> {
    return lookup(await rows<Found>(this.db, FIND, { refs: JSON.stringify(refs) }));
  }

  async heldBy(sessionId: string, takenBefore: number | null): Promise<HeldTask[]> {
    const found = await rows<StoredTask & { held_epoch: number }>(this.db, HELD, {
      session: sessionId,
      takenBefore,
    });
    return found.map((row) => ({ row: taskRow(row), epoch: row.held_epoch }));
  }

  async untriedElsewhere(
    refs: readonly TaskRef[],
    host: string,
    now: number,
  ): Promise<ReadonlySet<string>> {
    const values = { refs: JSON.stringify(refs), host, now };
    const found = await rows<Pick<StoredTask, 'file_id' | 'slice_no'>>(this.db, UNTRIED, values);
    return new Set(found.map((row) => taskId({ fileId: row.file_id, sliceNo: row.slice_no })));
  }

  /** Only what looks the tasks up returns rows, so that without it none are returned. */
  async move(
    sessionId: string,
    transitions: readonly TaskTransition[],
    { refs, now, laterAt }: LeaseEnd & { readonly refs: readonly TaskRef[] },
  ): Promise<TaskLookup> {
    const found = await transaction<Found>(
      this.db,
      [...taskMoves(transitions), ...when(refs.length > 0, FIND)],
      {
        items: JSON.stringify(transitions),
        session: sessionId,
        now,
        later: laterAt,
        refs: JSON.stringify(refs),
      },
    );
    return lookup(found);
  }
}

function lookup(found: readonly Found[]): TaskLookup {
  const tasks = new Map<string, TaskRow>();
  const files = new Map<
    number,
    { slicesTotal: number; epochFloor: number; sourceStamp: string | null }
  >();
  for (const { state, ...row } of found) {
    files.set(row.file_id, {
      slicesTotal: row.slices_total,
      epochFloor: row.epoch_floor,
      sourceStamp: row.source_stamp,
    });
    if (state === null) continue;
    const task = taskRow({ ...row, state });
    tasks.set(taskId(task), task);
  }
  return { tasks, files };
}
