// SPDX-License-Identifier: Apache-2.0
import type { AnyRefusal } from '../refusals';
import { CALLERS } from './callers';
import { REQUESTS } from './requests';
import { WORK } from './work';
import type { Wordings } from './wording';

/** Every reason with its status and texts, as openapi.yaml lists them. */
export const WORDINGS: Wordings<AnyRefusal> = { ...CALLERS, ...WORK, ...REQUESTS };
