// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens that were added, newest first. Wire shape: token-page.schema.json. */
public record TokenPage(List<TokenStatus> tokens, @Nullable String next) {
  /** Copies the list. */
  public TokenPage {
    tokens = List.copyOf(tokens);
  }
}
