// SPDX-License-Identifier: Apache-2.0
import type {
  GarbageConfirmed,
  GarbageDeleted,
  GarbageReply,
  GarbageTake,
} from '../generated/messages';
import { requireOpen } from './sessions';
import type { Settings } from './settings';
import type { Store } from './store';
import { requireRole } from './taking';

export async function takeGarbage(
  store: Store,
  request: GarbageTake,
  settings: Settings,
  now: number,
): Promise<GarbageReply> {
  const sessionId = request.session_id;
  requireRole(requireOpen(await store.session(sessionId), sessionId, now), 'recv');
  const keys = await store.takeGarbage({
    sessionId,
    maxObjects: request.max_objects,
    now,
    until: now + settings.leaseDurationMs,
  });
  return { object_keys: keys };
}

/** From whatever session: an object that is gone is gone. */
export async function confirmGarbage(
  store: Store,
  deleted: GarbageDeleted,
  now: number,
): Promise<GarbageConfirmed> {
  return {
    credited_bytes: await store.confirmGarbage(deleted.session_id, deleted.object_keys, now),
  };
}
