// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A job and how far it is. Wire shape: job-status.schema.json. */
public record JobStatus(
    String jobId,
    JobState state,
    JobControl control,
    @Nullable String destination,
    long sliceSizeBytes,
    long windowBytes,
    long windowUsedBytes,
    TaskTallies tasks,
    FileTallies files) {}
