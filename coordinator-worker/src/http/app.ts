// SPDX-License-Identifier: Apache-2.0
import type { Principal, TokenTable } from '../auth/tokens';
import type { Settings } from '../domain/settings';
import type { Store } from '../domain/store';
import type { Bindings } from '../env';

/** What a handler finds in its context. */
export interface App {
  Bindings: Bindings;
  Variables: {
    /** The Worker's clock when the request came, in ms. */
    now: number;
    requestId: string;
    settings: Settings;
    tokens: TokenTable;
    principal: Principal;
    store: Store;
  };
}
