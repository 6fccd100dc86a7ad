// SPDX-License-Identifier: Apache-2.0
import type { ManifestPage } from '../generated/messages';
import { nextAfter } from './pages';
import type { PartPlace } from './ports/manifests';
import type { Needs } from './ports/ports';

/** A part has a thousand digests at most: 7 MB of answer. */
const PAGE = 100;

/** What was placed at a destination, page by page. */
export async function manifestPage(
  { manifests }: Needs<'manifests'>,
  destination: string,
  after: string | null,
): Promise<ManifestPage> {
  const place = after === null ? null : placeOf(after);
  const parts = [...(await manifests.page({ destination, after: place, limit: PAGE }))];
  return {
    parts,
    next: nextAfter(parts, PAGE, (last) => `${last.offset_bytes}:${last.target_path}`),
  };
}

/** Of `next`, whose form was checked. */
function placeOf(after: string): PartPlace {
  const colon = after.indexOf(':');
  return { offsetBytes: Number(after.slice(0, colon)), targetPath: after.slice(colon + 1) };
}
