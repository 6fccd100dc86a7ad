// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A job whose objects are to be looked through. Wire shape: sweep.schema.json. */
public record Sweep(String jobId, String keyPrefix) {}
