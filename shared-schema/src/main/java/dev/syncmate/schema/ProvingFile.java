// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/** A file that may have changed while it was sent. Wire shape: proving-file.schema.json. */
public record ProvingFile(
    String fileId,
    String jobId,
    long leaseEpoch,
    String virtualPath,
    String sourcePath,
    @Nullable String sourceStamp) {}
