// SPDX-License-Identifier: Apache-2.0
import type {
  PlacingReply,
  ProvingReply,
  ResolvingReply,
  TakePlacing,
  TakeResolving,
} from '../generated/messages';
import type { Needs } from './ports/ports';
import type { FileTake } from './ports/takes';
import { reclaimExpired } from './reclaim';
import { requireSession } from './sessions';
import type { Settings } from './settings';
import { takeKey } from './taking';

/** Handing out whole files: to check a prefix, to prove that they were one state, or to place. */

type Taking = Needs<'sessions' | 'takes' | 'fileTakes' | 'taskLeases' | 'fileLeases'>;

export async function takeResolving(
  ports: Taking,
  request: TakeResolving,
  settings: Settings,
  now: number,
): Promise<ResolvingReply> {
  const take = await begin(ports, request, 'resolve', { settings, now });
  if (take === null) return { files: [] };
  return { files: [...(await ports.fileTakes.resolving({ ...take, zones: request.zones }))] };
}

export async function takePlacing(
  ports: Taking,
  request: TakePlacing,
  settings: Settings,
  now: number,
): Promise<PlacingReply> {
  const take = await begin(ports, request, 'place', { settings, now });
  return { files: take === null ? [] : [...(await ports.fileTakes.placing(take))] };
}

export async function takeProving(
  ports: Taking,
  request: TakeResolving,
  settings: Settings,
  now: number,
): Promise<ProvingReply> {
  const take = await begin(ports, request, 'prove', { settings, now });
  if (take === null) return { files: [] };
  return { files: [...(await ports.fileTakes.proving({ ...take, zones: request.zones }))] };
}

const ROLES = { resolve: 'send', prove: 'send', place: 'recv' } as const;

/** null: the agent is told to take nothing. What it got before that is told it again. */
async function begin(
  ports: Taking,
  request: TakeResolving | TakePlacing,
  kind: keyof typeof ROLES,
  { settings, now }: { settings: Settings; now: number },
): Promise<FileTake | null> {
  await reclaimExpired(ports, settings, now);
  const session = await requireSession(ports, request.session_id, ROLES[kind], now);
  const key = takeKey(request, kind);
  if (session.directive !== 'work' && !(await ports.takes.wasTaken(key))) return null;
  return { ...key, session, now, maxFiles: request.max_files };
}
