// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/**
 * Opens a job, or finds it: the same pair of profiles is the same job. Wire shape:
 * job-submission.schema.json.
 */
public record JobSubmission(
    String jobId, long sliceSizeBytes, long windowBytes, @Nullable String sessionId) {}
