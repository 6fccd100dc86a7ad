// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** How often a task failed on a host. Wire shape: host-failure.schema.json. */
public record HostFailure(String host, int attempts, String lastError) {}
