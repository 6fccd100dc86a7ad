// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Files to place. Wire shape: placing-reply.schema.json. */
public record PlacingReply(List<PlacingFile> files) {
  /** Copies the lists. */
  public PlacingReply {
    files = List.copyOf(files);
  }
}
