// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Files by state. Wire shape: the object of that name in job-status.schema.json. */
public record FileTallies(
    Tally unresolved, Tally transferring, Tally placing, Tally done, Tally failed) {}
