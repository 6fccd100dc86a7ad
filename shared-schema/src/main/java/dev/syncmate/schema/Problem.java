// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import org.jspecify.annotations.Nullable;

/**
 * RFC 9457 problem. type is the contract: urn:syncmate:problem:{reason}. Wire shape:
 * problem.schema.json.
 */
public record Problem(
    String type, String title, int status, String detail, @Nullable String requestId) {}
