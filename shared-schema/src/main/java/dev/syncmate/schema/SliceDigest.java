// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

/** A slice of a file transfer and its digest. Wire shape: slice-digest.schema.json. */
public record SliceDigest(long offsetBytes, long lengthBytes, String sha256) {}
