// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of World of Code's hosts, da1, da2, …, and where its own disks are mounted there. To the
 * others they are NFS mounts under the profile's paths.
 */
public record WocHost(int number) {
  private static final Pattern NAME = Pattern.compile("da([0-9]{1,4})");
  private static final Pattern OWN = Pattern.compile("/da([0-9]{1,4})_([^/]+)(/.*)?");
  private static final int DA7 = 7;
  private static final int DA8 = 8;

  /** The host of the name, with or without its domain; empty: it is none of them. */
  public static Optional<WocHost> of(String hostName) {
    String name = hostName.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
    if (name.equals("ishia")) {
      return Optional.of(new WocHost(DA7));
    }
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(new WocHost(Integer.parseInt(matcher.group(1))))
        : Optional.empty();
  }

  /** The path on this host; that of another host's disk is itself. */
  String local(String profilePath) {
    Matcher matcher = OWN.matcher(profilePath);
    if (!matcher.matches() || !matcher.group(1).equals(Integer.toString(number))) {
      return profilePath;
    }
    String rest = matcher.group(3) == null ? "" : matcher.group(3);
    boolean data = matcher.group(2).equals("data");
    return switch (number) {
      case DA7 -> data ? "/corrino" + rest : profilePath;
      case DA8 -> data ? "/mnt/ordos/data/data" + rest : profilePath;
      default -> "/" + matcher.group(2) + rest;
    };
  }

  @Override
  public String toString() {
    return "da" + number;
  }
}
