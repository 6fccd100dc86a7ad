// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.net.URI;
import java.util.Locale;

/** Where the coordinator is, and the token for it. The URL carries no trailing slash. */
public record CoordinatorConfig(URI url, Secret token) {
  /** Refuses what is not a plain http(s) URL. */
  public CoordinatorConfig {
    url = Urls.checked(url);
  }

  /** Whether the token would cross a network in clear text. */
  public boolean isClearText() {
    return "http".equalsIgnoreCase(url.getScheme()) && !isLoopback(url.getHost());
  }

  // By name only: asking DNS here would make a wrong name slow.
  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost") || name.equals("[::1]") || name.matches("127(\\.\\d+){3}");
  }
}
