// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files, by id. Wire shape: file-page.schema.json. */
public record FilePage(List<FileStatus> files, @Nullable String next) {
  /** Copies the lists. */
  public FilePage {
    files = List.copyOf(files);
  }
}
