// SPDX-License-Identifier: Apache-2.0
import type { TokenStatus, TokenSubmission } from '../../src/generated/messages';
import type { World } from './world';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** As scripts/token makes them. */
export const newToken = (): string => `syncmate_${hex(crypto.getRandomValues(new Uint8Array(32)))}`;

export async function sha256(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return hex(new Uint8Array(digest));
}

export async function addToken(
  world: World,
  token: string,
  holder: Pick<TokenSubmission, 'name' | 'role'>,
): Promise<TokenStatus> {
  return world.call('TokenStatus', 'POST', '/v1/tokens', {
    body: { sha256: await sha256(token), ...holder },
  });
}
