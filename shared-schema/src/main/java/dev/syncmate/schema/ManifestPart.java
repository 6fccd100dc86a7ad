// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/**
 * Digests of consecutive slices of a placed file. Bytes that no part of a file has were never sent.
 * Wire shape: manifest-part.schema.json.
 */
public record ManifestPart(
    String targetPath,
    String sourcePath,
    long offsetBytes,
    long endBytes,
    long sliceSizeBytes,
    List<String> sha256s) {
  /** Copies the list. */
  public ManifestPart {
    sha256s = List.copyOf(sha256s);
  }
}
