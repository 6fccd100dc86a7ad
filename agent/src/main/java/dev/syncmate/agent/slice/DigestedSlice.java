// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice;

/** A slice and the SHA-256 of its content, in hex digits. */
public record DigestedSlice(SliceRange range, String sha256) {}
