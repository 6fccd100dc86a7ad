// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Files to prove. Wire shape: proving-reply.schema.json. */
public record ProvingReply(List<ProvingFile> files) {
  /** Copies the lists. */
  public ProvingReply {
    files = List.copyOf(files);
  }
}
