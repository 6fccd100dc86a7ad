// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** Liveness. Wire shape: health.schema.json. */
public record Health(HealthState status, int contractVersion) {}
