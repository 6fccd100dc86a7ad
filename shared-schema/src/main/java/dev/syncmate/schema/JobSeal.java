// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Says that the plan is whole. Wire shape: job-seal.schema.json. */
public record JobSeal(int fileCount) {}
