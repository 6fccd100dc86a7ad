// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The keys of config.json. Each but limits can also come from the environment. */
public enum ConfigKey {
  ACCESS_KEY(Kind.TEXT),
  SECRET_KEY(Kind.TEXT),
  ACCOUNT_ID(Kind.TEXT),
  /** Of the seed tool, which spoke to D1 itself. */
  DATABASE_ID(Kind.TEXT),
  BUCKET(Kind.TEXT),
  /** Of the seed tool, which spoke to D1 itself. */
  API_TOKEN(Kind.TEXT),
  COORDINATOR_URL(Kind.TEXT),
  COORDINATOR_TOKEN(Kind.TEXT),
  ENDPOINT(Kind.TEXT),
  REGION(Kind.TEXT),
  PATHS(Kind.TEXT_MAP),
  PATHS_PRESET(Kind.TEXT),
  /** What it costs this host to read a zone: local, network or none. */
  ZONES(Kind.TEXT_MAP),
  TARGET_ROOTS(Kind.TEXT_LIST),
  DOMAIN(Kind.TEXT),
  DESTINATION(Kind.TEXT),
  NAME(Kind.TEXT),
  LIMITS(Kind.NUMBER_MAP);

  private final Kind kind;

  ConfigKey(Kind kind) {
    this.kind = kind;
  }

  /** The name in config.json. */
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name of the environment variable. */
  public String env() {
    return "SYNCMATE_" + name();
  }

  Kind kind() {
    return kind;
  }

  static Optional<ConfigKey> ofJson(String name) {
    return Arrays.stream(values()).filter(key -> key.json().equals(name)).findFirst();
  }

  /** What a value looks like: in JSON, and in an environment variable. */
  enum Kind {
    TEXT("a string"),
    /** In the environment: {@code /a:/b}. */
    TEXT_LIST("a list of strings"),
    /** In the environment: {@code /a=/x,/b=/y}. */
    TEXT_MAP("an object of strings"),
    NUMBER_MAP("an object of whole numbers");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }
}
