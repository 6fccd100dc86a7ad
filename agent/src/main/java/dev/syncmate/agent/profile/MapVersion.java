// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of a World of Code map: letters, then perhaps a number.
 *
 * <p>Order: fewer letters first, then the letters, then the number, none being the lowest: A &lt; Z
 * &lt; AA, V &lt; V2409 &lt; V2412.
 */
public record MapVersion(String letters, String digits) implements Comparable<MapVersion> {
  private static final Pattern FORM = Pattern.compile("([A-Za-z]{1,16})0*([0-9]{0,32})");
  private static final Comparator<MapVersion> ORDER =
      Comparator.<MapVersion>comparingInt(version -> version.letters.length())
          .thenComparing(MapVersion::letters)
          .thenComparingInt(version -> version.digits.length())
          .thenComparing(MapVersion::digits);

  /** Of versions as they are written; what has another form than letters and a number is last. */
  public static final Comparator<String> NEWEST_FIRST =
      Comparator.<String, Optional<MapVersion>>comparing(
              MapVersion::parse,
              Comparator.comparing(version -> version.orElse(null), Comparator.nullsFirst(ORDER)))
          .reversed()
          .thenComparing(Comparator.naturalOrder());

  /** Empty where the text has another form. Zeros before the number don't count. */
  public static Optional<MapVersion> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new MapVersion(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  @Override
  public int compareTo(MapVersion other) {
    return ORDER.compare(this, other);
  }
}
