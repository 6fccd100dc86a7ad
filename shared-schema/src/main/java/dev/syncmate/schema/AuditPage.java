// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls of operators, newest first. Wire shape: audit-page.schema.json. */
public record AuditPage(List<AuditEntry> entries, @Nullable String next) {
  /** Copies the list. */
  public AuditPage {
    entries = List.copyOf(entries);
  }
}
