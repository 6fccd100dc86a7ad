// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.net.URI;
import java.net.URISyntaxException;

/** Base URLs as configured. */
final class Urls {
  private Urls() {}

  static URI parse(String text) {
    try {
      return checked(new URI(text));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a URL (expected: http(s)://host[:port])", e);
    }
  }

  /** The URL without trailing slash. User info is refused: it would end up in messages. */
  static URI checked(URI url) {
    boolean http =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    if (!http
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "not a plain URL (expected: http(s)://host[:port], no user, query or fragment)");
    }
    String text = url.toString();
    return URI.create(text.replaceAll("/+$", ""));
  }
}
