// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.verify;

import dev.syncmate.agent.slice.DigestedSlice;

/** A slice whose bytes are others than those that were sent, and their SHA-256 as they are now. */
public record BadSlice(DigestedSlice sent, String foundSha256) {}
