// SPDX-License-Identifier: Apache-2.0
import type { Principal, TokenTable } from '../auth/tokens';
import type { AuditRecord } from '../domain/ports/audit';
import type { Ports, Recording } from '../domain/ports/ports';
import type { Settings } from '../domain/settings';
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
    ports: Ports;
    /** Ports that record the call for which they are used. */
    record: (call: AuditRecord) => Recording;
  };
}
