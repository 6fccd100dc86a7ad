// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import dev.syncmate.agent.plan.MapVersion;
import java.util.Comparator;
import java.util.Optional;

/** Order of a map's versions in a profile: readers take the first, so it is the newest. */
final class VersionOrder {
  /** What has another form than letters and a number comes last. */
  static final Comparator<String> NEWEST_FIRST =
      Comparator.<String, Optional<MapVersion>>comparing(
              MapVersion::parse,
              Comparator.comparing(
                  version -> version.orElse(null),
                  Comparator.nullsFirst(Comparator.<MapVersion>naturalOrder())))
          .reversed()
          .thenComparing(Comparator.naturalOrder());

  private VersionOrder() {}
}
