// SPDX-License-Identifier: Apache-2.0
import type { ManifestPart } from '../generated/messages';
import type { ManifestQuery, Manifests } from '../domain/ports/manifests';
import { rows } from './statement';

/** What was placed: docs/adr/0020-manifests-at-the-coordinator.md. */

/** Of a part: a row stays far below the 2 MB that D1 permits, and a page of rows fits into memory. */
const PART_SLICES = 1000;

/**
 * Files of :items that are placed now and whose paths are known, with what of them was moved. `hit` selects them,
 * with their `item`.
 */
const placedNow = (hit: string) => `placed AS (
  SELECT f.file_id, j.destination, coalesce(f.target_path, h.item ->> 'targetPath') AS target_path, f.source_path,
         f.transfer_offset_bytes AS first_byte, f.size_bytes AS end_bytes, f.transfer_bytes, f.mode,
         j.slice_size_bytes
    FROM (${hit}) h CROSS JOIN files f ON f.file_id = h.file_id CROSS JOIN jobs j ON j.job_no = f.job_no
   WHERE f.mode <> 'repair' AND j.destination IS NOT NULL AND coalesce(f.target_path, h.item ->> 'targetPath') IS NOT NULL)`;

/** What a file's manifest said of the bytes that are others now. An append leaves what is before them. */
const dropReplaced = (hit: string) => `
WITH ${placedNow(hit)}
DELETE FROM manifests
 WHERE (destination, target_path, offset_bytes) IN (
   SELECT m.destination, m.target_path, m.offset_bytes
     FROM placed p CROSS JOIN manifests m ON m.destination = p.destination AND m.target_path = p.target_path
    WHERE m.end_bytes > p.first_byte OR m.offset_bytes >= p.first_byte)`;

const addParts = (hit: string) => `
WITH ${placedNow(hit)}
INSERT INTO manifests (destination, target_path, offset_bytes, end_bytes, slice_size_bytes, source_path, sha256s)
SELECT p.destination, p.target_path, min(t.offset_bytes), max(t.offset_bytes + t.length_bytes), p.slice_size_bytes,
       p.source_path, group_concat(t.sha256, '' ORDER BY t.slice_no)
  FROM placed p CROSS JOIN tasks t ON t.file_id = p.file_id
 WHERE p.mode = 'full' OR p.transfer_bytes > 0
 GROUP BY p.file_id, t.slice_no / ${PART_SLICES}`;

/** In the transaction that makes the files `done`, before it does. Needs what `hit` needs. */
export const keepManifests = (hit: string): string[] => [dropReplaced(hit), addParts(hit)];

/** Needs :destination, :path, :offset, :limit. */
const PAGE = `
SELECT target_path, source_path, offset_bytes, end_bytes, slice_size_bytes, sha256s FROM manifests
 WHERE destination = :destination AND (target_path, offset_bytes) > (:path, :offset)
 ORDER BY target_path, offset_bytes LIMIT :limit`;

type StoredPart = Omit<ManifestPart, 'sha256s'> & { sha256s: string };

export class D1Manifests implements Manifests {
  constructor(private readonly db: D1Database) {}

  async page({ destination, after, limit }: ManifestQuery): Promise<ManifestPart[]> {
    const found = await rows<StoredPart>(this.db, PAGE, {
      destination,
      path: after?.targetPath ?? '',
      offset: after?.offsetBytes ?? 0,
      limit,
    });
    return found.map((row) => ({ ...row, sha256s: row.sha256s.match(/.{64}/g) ?? [] }));
  }
}
