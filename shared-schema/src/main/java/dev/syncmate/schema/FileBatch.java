// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;

/** Files of a plan. Wire shape: file-batch.schema.json. */
public record FileBatch(List<PlannedFile> files) {
  /** Copies the lists. */
  public FileBatch {
    files = List.copyOf(files);
  }
}
