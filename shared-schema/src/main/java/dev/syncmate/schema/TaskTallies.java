// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Tasks by state. Wire shape: the object of that name in job-status.schema.json. */
public record TaskTallies(
    Tally pending,
    Tally uploading,
    Tally uploaded,
    Tally downloading,
    Tally downloaded,
    Tally failed) {}
