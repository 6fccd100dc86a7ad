// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.util.Arrays;
import java.util.Locale;

/** What it costs a host to read a zone. */
public enum ZoneCost {
  LOCAL,
  NETWORK,
  NONE;

  static ZoneCost parse(String text) {
    return Arrays.stream(values())
        .filter(cost -> cost.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' (expected: local, network or none)".formatted(text)));
  }

  static String checkedZone(String zone) {
    if (!zone.matches("/[^/]+")) {
      throw new IllegalArgumentException(
          "zone '%s' (expected: the first segment of source paths, /da5_data)".formatted(zone));
    }
    return zone;
  }
}
