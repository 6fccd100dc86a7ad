// SPDX-License-Identifier: Apache-2.0
import type {
  GarbageConfirmed,
  GarbageDeleted,
  GarbageReply,
  GarbageTake,
} from '../generated/messages';
import type { Needs } from './ports/ports';
import { requireSession } from './sessions';
import type { Settings } from './settings';

export async function takeGarbage(
  ports: Needs<'sessions' | 'garbage'>,
  { session_id: sessionId, max_objects: maxObjects }: GarbageTake,
  settings: Settings,
  now: number,
): Promise<GarbageReply> {
  const { destination } = await requireSession(ports, sessionId, 'recv', now);
  const until = now + settings.leaseDurationMs;
  const take = { sessionId, destination, maxObjects, now, until };
  return { object_keys: await ports.garbage.take(take) };
}

/** From whatever session: an object that is gone is gone. */
export async function confirmGarbage(
  { garbage }: Needs<'garbage'>,
  deleted: GarbageDeleted,
  now: number,
): Promise<GarbageConfirmed> {
  return { credited_bytes: await garbage.confirm(deleted.session_id, deleted.object_keys, now) };
}
