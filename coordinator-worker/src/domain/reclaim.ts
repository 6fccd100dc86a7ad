// SPDX-License-Identifier: Apache-2.0
import type { HeldFile, HeldTask, TaskTransition } from './model';
import { taskId } from './names';
import type { LeaseEnd } from './ports/leases';
import type { Needs } from './ports/ports';
import type { Settings } from './settings';
import { givenBack, held } from './tasks';

/** The leases of agents that went away, or don't know of them, go to others. */

/** Transitions of one transaction. */
const RECLAIM_MAX = 500;

type Reclaiming = Needs<'sessions' | 'taskLeases' | 'fileLeases'>;

/** Takes back the leases of all sessions that have expired. */
export async function reclaimExpired(
  ports: Reclaiming,
  settings: Settings,
  now: number,
): Promise<void> {
  for (const { sessionId, expired } of await ports.sessions.closing(now)) {
    // A writer that is only cut off may go on for as long as its own lease lasts.
    const end = { now, laterAt: now + settings.leaseDurationMs };
    await takeBackAll(ports, sessionId, expired ? 'expired' : 'ended', end);
  }
}

/** Of a session that is closing; returns how much that is. */
export async function takeBackAll(
  ports: Reclaiming,
  sessionId: string,
  state: 'expired' | 'ended',
  end: LeaseEnd,
): Promise<number> {
  const leases = {
    tasks: await ports.taskLeases.heldBy(sessionId, null),
    files: await ports.fileLeases.heldBy(sessionId, null),
  };
  const released = await giveBack(ports, sessionId, leases, end);
  await ports.sessions.bury(sessionId, state);
  return released;
}

/** Returns how much that is. */
export async function giveBack(
  ports: Needs<'taskLeases' | 'fileLeases'>,
  sessionId: string,
  leases: { readonly tasks: readonly HeldTask[]; readonly files: readonly HeldFile[] },
  end: LeaseEnd,
): Promise<number> {
  const tasks = await giveBackTasks(ports, sessionId, leases.tasks, end);
  if (leases.files.length > 0) {
    const released = leases.files.map(
      ({ fileId, leaseEpoch }) => ({ fileId, epoch: leaseEpoch, kind: 'released' }) as const,
    );
    await ports.fileLeases.move(sessionId, released, { ids: [], ...end });
  }
  return tasks + leases.files.length;
}

/** Of those that the session still holds; returns how many that are. */
async function giveBackTasks(
  { taskLeases }: Needs<'taskLeases'>,
  sessionId: string,
  tasks: readonly HeldTask[],
  end: LeaseEnd,
): Promise<number> {
  const transitions = tasks.flatMap(({ row, epoch }): TaskTransition[] => {
    const own = held(row, { task_id: taskId(row), lease_epoch: epoch }, sessionId);
    return own === null ? [] : [givenBack(own, end.laterAt, { byHolder: false })];
  });
  for (let from = 0; from < transitions.length; from += RECLAIM_MAX) {
    const some = transitions.slice(from, from + RECLAIM_MAX);
    await taskLeases.move(sessionId, some, { refs: [], ...end });
  }
  return transitions.length;
}
