// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration: flag beats environment beats file. Immutable; each part is made and checked
 * when it is asked for, so that a command needs only the keys of the parts it uses.
 *
 * <p><b>Errors.</b> {@link ConfigException}, naming file, key and environment variable, never a
 * secret.
 */
public final class AgentConfig {
  private static final String REGION_DEFAULT = "auto";
  private static final String PRESET_WOC = "woc";
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final @Nullable Path file;
  private final ConfigFile content;
  // Environment, then flags on top.
  private final Map<ConfigKey, Given> overrides;

  private AgentConfig(@Nullable Path file, ConfigFile content, Map<ConfigKey, Given> overrides) {
    this.file = file;
    this.content = content;
    this.overrides = overrides;
  }

  /** The file's configuration, under the environment's. */
  public static AgentConfig load(Path file, Map<String, String> env) {
    return new AgentConfig(file, ConfigFile.read(file), environment(env));
  }

  /** The environment's configuration, for commands that can do without a file. */
  public static AgentConfig withoutFile(Map<String, String> env) {
    return new AgentConfig(null, new ConfigFile(Map.of(), List.of()), environment(env));
  }

  /** The same configuration with a flag's value in place of the key's; null changes nothing. */
  public AgentConfig with(ConfigKey key, String flag, @Nullable String value) {
    if (value == null) {
      return this;
    }
    Map<ConfigKey, Given> merged = new EnumMap<>(ConfigKey.class);
    merged.putAll(overrides);
    merged.put(key, new Given(flag, value));
    return new AgentConfig(file, content, merged);
  }

  /** What is odd but usable, one line each, for people. */
  public List<String> warnings() {
    Stream<String> clearText =
        hasClearTextToken()
            ? Stream.of("coordinator_url: the token crosses the network in clear text; use https")
            : Stream.of();
    return Stream.concat(content.warnings().stream(), clearText).toList();
  }

  /** Coordinator and token. */
  public CoordinatorConfig coordinator() {
    require("the coordinator", ConfigKey.COORDINATOR_URL, ConfigKey.COORDINATOR_TOKEN);
    return new CoordinatorConfig(
        parsed(ConfigKey.COORDINATOR_URL, Urls::parse),
        parsed(ConfigKey.COORDINATOR_TOKEN, Secret::new));
  }

  /** Bucket and key pair. Without an endpoint it is the account's at R2. */
  public StoreConfig store() {
    require("the bucket", ConfigKey.BUCKET, ConfigKey.ACCESS_KEY, ConfigKey.SECRET_KEY);
    return new StoreConfig(
        endpoint(),
        text(ConfigKey.REGION).orElse(REGION_DEFAULT),
        parsed(ConfigKey.BUCKET, StoreConfig::checkedBucket),
        parsed(ConfigKey.ACCESS_KEY, Secret::new),
        parsed(ConfigKey.SECRET_KEY, Secret::new));
  }

  /** Where this host finds the paths of a profile. */
  public PathMap paths() {
    try {
      Map<String, Path> folders = new LinkedHashMap<>();
      rules(ConfigKey.PATHS, "/prefix=/folder,…")
          .forEach((prefix, folder) -> folders.put(prefix, Path.of(folder)));
      return new PathMap(folders, wocHost());
    } catch (IllegalArgumentException e) {
      throw refused(ConfigKey.PATHS, e);
    }
  }

  private @Nullable WocHost wocHost() {
    String preset = text(ConfigKey.PATHS_PRESET).orElse(null);
    if (preset == null) {
      return null;
    }
    if (!preset.equals(PRESET_WOC)) {
      throw refused(
          ConfigKey.PATHS_PRESET,
          new IllegalArgumentException("'%s' (expected: %s)".formatted(preset, PRESET_WOC)));
    }
    return WocHost.of(hostName()).orElse(null);
  }

  /** What it costs this host to read a zone, where the type of its file system doesn't say it. */
  public Map<String, ZoneCost> zones() {
    try {
      Map<String, ZoneCost> costs = new LinkedHashMap<>();
      rules(ConfigKey.ZONES, "/zone=network,…")
          .forEach((zone, cost) -> costs.put(ZoneCost.checkedZone(zone), ZoneCost.parse(cost)));
      return costs;
    } catch (IllegalArgumentException e) {
      throw refused(ConfigKey.ZONES, e);
    }
  }

  private Map<String, String> rules(ConfigKey key, String expected) {
    Map<String, String> rules = new LinkedHashMap<>();
    Given given = overrides.get(key);
    if (given == null) {
      fromFile(key).stream()
          .flatMap(JsonNode::propertyStream)
          .forEach(rule -> rules.put(rule.getKey(), rule.getValue().textValue()));
      return rules;
    }
    for (String rule : given.list(",")) {
      String[] sides = rule.split("=", 2);
      if (sides.length < 2) {
        throw new IllegalArgumentException("no '=' (expected: %s)".formatted(expected));
      }
      rules.put(sides[0], sides[1]);
    }
    return rules;
  }

  /** The folders that placed files must stay in; empty when none is configured. */
  public List<Path> targetRoots() {
    Given given = overrides.get(ConfigKey.TARGET_ROOTS);
    Stream<String> roots =
        given != null
            ? given.list(File.pathSeparator).stream()
            : fromFile(ConfigKey.TARGET_ROOTS).stream()
                .flatMap(JsonNode::valueStream)
                .map(JsonNode::textValue);
    try {
      return roots.map(AgentConfig::absolute).toList();
    } catch (IllegalArgumentException e) {
      throw refused(ConfigKey.TARGET_ROOTS, e);
    }
  }

  /** How much to do at once. */
  public LimitsConfig limits() {
    int transfers =
        fromFile(ConfigKey.LIMITS)
            .map(limits -> limits.get(LimitsConfig.TRANSFERS))
            .map(JsonNode::intValue)
            .orElse(LimitsConfig.TRANSFERS_DEFAULT);
    try {
      return new LimitsConfig(transfers);
    } catch (IllegalArgumentException e) {
      throw refused(ConfigKey.LIMITS, e);
    }
  }

  /** Hosts that share the destination file system declare the same domain; default: the host. */
  public String domain() {
    return text(ConfigKey.DOMAIN).orElseGet(AgentConfig::hostName);
  }

  /** The copy that this host's receivers bring up to date; default: the domain. */
  public String destination() {
    return text(ConfigKey.DESTINATION).isPresent()
        ? parsed(ConfigKey.DESTINATION, AgentConfig::checkedDestination)
        : domain();
  }

  /** What the agent is called in status and logs; default: the host. */
  public String name() {
    return text(ConfigKey.NAME).orElseGet(AgentConfig::hostName);
  }

  /** This host's own name. */
  public static String hostName() {
    try {
      String name = Files.readString(HOST_NAME).strip();
      return name.isEmpty() ? "localhost" : name;
    } catch (IOException noSuchKernelFile) {
      return "localhost";
    }
  }

  private boolean hasClearTextToken() {
    try {
      return text(ConfigKey.COORDINATOR_URL).isPresent()
          && text(ConfigKey.COORDINATOR_TOKEN).isPresent()
          && coordinator().isClearText();
    } catch (ConfigException refusedWhereItIsNeeded) {
      return false;
    }
  }

  private URI endpoint() {
    if (text(ConfigKey.ENDPOINT).isPresent()) {
      return parsed(ConfigKey.ENDPOINT, Urls::parse);
    }
    if (text(ConfigKey.ACCOUNT_ID).isEmpty()) {
      throw new ConfigException(
          "%s: account_id is missing, needed for the bucket's address; add it, or set %s, or give"
                  .formatted(place(), ConfigKey.ACCOUNT_ID.env())
              + " endpoint");
    }
    return parsed(
        ConfigKey.ACCOUNT_ID,
        account -> {
          if (!account.matches("[0-9A-Za-z]{1,64}")) {
            throw new IllegalArgumentException("not an account id (expected: letters, digits)");
          }
          return URI.create("https://%s.r2.cloudflarestorage.com".formatted(account));
        });
  }

  private void require(String purpose, ConfigKey... keys) {
    List<ConfigKey> missing = Arrays.stream(keys).filter(key -> text(key).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ConfigException(
          "%s: %s missing, needed by send, recv, status and agents to reach %s; add, or set %s"
              .formatted(
                  place(),
                  missing.stream().map(ConfigKey::json).collect(Collectors.joining(", ")),
                  purpose,
                  missing.stream().map(ConfigKey::env).collect(Collectors.joining(", "))));
    }
  }

  private <T> T parsed(ConfigKey key, Function<String, T> parse) {
    try {
      return parse.apply(text(key).orElse(""));
    } catch (IllegalArgumentException e) {
      throw refused(key, e);
    }
  }

  private Optional<String> text(ConfigKey key) {
    Given given = overrides.get(key);
    return (given != null ? Optional.of(given.value()) : fromFile(key).map(JsonNode::textValue))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private Optional<JsonNode> fromFile(ConfigKey key) {
    return Optional.ofNullable(content.values().get(key));
  }

  private ConfigException refused(ConfigKey key, IllegalArgumentException why) {
    Given given = overrides.get(key);
    String where = given == null ? place() + ": " + key.json() : given.origin();
    return new ConfigException(where + ": " + why.getMessage(), why);
  }

  private String place() {
    return file == null ? "configuration" : file.toString();
  }

  private static String checkedDestination(String name) {
    if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "'%s' (expected: 1 to 64 letters, digits, dots, _ and -)".formatted(name));
    }
    return name;
  }

  private static Path absolute(String root) {
    Path path = Path.of(root);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'%s' (expected: an absolute path)".formatted(root));
    }
    return path.normalize();
  }

  private static Map<ConfigKey, Given> environment(Map<String, String> env) {
    Map<ConfigKey, Given> overrides = new EnumMap<>(ConfigKey.class);
    for (ConfigKey key : ConfigKey.values()) {
      String value = env.get(key.env());
      // Empty counts as not set: scripts pass variables on that way.
      if (value != null && !value.isBlank() && key.kind() != ConfigKey.Kind.NUMBER_MAP) {
        overrides.put(key, new Given(key.env(), value));
      }
    }
    return overrides;
  }

  /** A value from outside the file, and what gave it. */
  private record Given(String origin, String value) {
    List<String> list(String separator) {
      return Arrays.stream(value.split(separator))
          .map(String::strip)
          .filter(part -> !part.isEmpty())
          .toList();
    }

    @Override
    public String toString() {
      return origin;
    }
  }
}
