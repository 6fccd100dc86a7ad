// SPDX-License-Identifier: Apache-2.0
import type { ManifestPart } from '../../generated/messages';
import type { Paged } from './reports';

/** What was placed at destinations, as it was sent: written when a file is, see FileLeases. */
export interface Manifests {
  /** By path and offset. */
  page(query: ManifestQuery): Promise<readonly ManifestPart[]>;
}

export interface ManifestQuery extends Paged<PartPlace> {
  readonly destination: string;
}

/** Which part of a destination's manifests. */
export interface PartPlace {
  readonly targetPath: string;
  readonly offsetBytes: number;
}
