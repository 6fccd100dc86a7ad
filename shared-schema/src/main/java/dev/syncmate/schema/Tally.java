// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A number of things and their bytes. Wire shape: tally.schema.json. */
public record Tally(int count, long bytes) {}
