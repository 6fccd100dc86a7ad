// SPDX-License-Identifier: Apache-2.0
import type { PlannedFile } from '../../src/generated/messages';

export const ZONE = '/da5_data';

export function planned(name: string, options: Partial<PlannedFile> = {}): PlannedFile {
  return {
    virtual_path: name,
    source_path: `${ZONE}/${name}`,
    size_bytes: 250,
    source_digest: null,
    target_path: null,
    target_size_bytes: null,
    target_digest: null,
    mode: 'full',
    dest_sub: 'basemaps',
    dest_name: name,
    zone: ZONE,
    ...options,
  };
}
