// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Manifests of a destination's placed files, by path and offset. Wire shape:
 * manifest-page.schema.json.
 */
public record ManifestPage(List<ManifestPart> parts, @Nullable String next) {
  /** Copies the list. */
  public ManifestPage {
    parts = List.copyOf(parts);
  }
}
