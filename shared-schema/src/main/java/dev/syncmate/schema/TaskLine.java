// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/**
 * One line of taskgen's output and of an OffsetFS configuration (there only the first four fields
 * count). Wire shape: task-line.schema.json.
 */
public record TaskLine(
    String virtualPath,
    String sourcePath,
    long offset,
    long size,
    @Nullable String targetPath,
    @Nullable String sourceDigest,
    @Nullable String targetDigest) {}
