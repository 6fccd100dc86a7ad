// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Files to resolve. Wire shape: resolving-reply.schema.json. */
public record ResolvingReply(List<ResolvingFile> files) {
  /** Copies the lists. */
  public ResolvingReply {
    files = List.copyOf(files);
  }
}
