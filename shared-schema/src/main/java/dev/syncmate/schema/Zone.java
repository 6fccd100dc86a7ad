// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/**
 * A source path prefix with active work and one sample path in it. Wire shape: zone.schema.json.
 */
public record Zone(String zone, String samplePath) {}
