// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.config;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where this host finds the paths that a profile names: prefixes to folders, by whole segments (
 * {@code /da1} is not {@code /da10}), the longest prefix first. A path without a rule is itself.
 */
public final class PathMap {
  private final List<Rule> rules;
  private final @Nullable WocHost host;

  /**
   * The map, with the World of Code host's own rules for paths that no given rule covers.
   *
   * @param host null: no such rules
   * @throws IllegalArgumentException when a prefix or folder is not absolute
   */
  public PathMap(Map<String, Path> folders, @Nullable WocHost host) {
    this.host = host;
    this.rules =
        folders.entrySet().stream()
            .map(e -> new Rule(trimmed(e.getKey()), e.getValue()))
            .sorted(Comparator.comparingInt((Rule r) -> r.prefix.length()).reversed())
            .toList();
  }

  /**
   * This host's path for a profile's path.
   *
   * @throws TransferException bad_path (FAIL_TASK) when it is relative or leaves its folder by
   *     {@code ..}
   */
  public Path map(String profilePath) {
    boolean climbs = profilePath.contains("/../") || profilePath.endsWith("/..");
    if (!profilePath.startsWith("/") || climbs) {
      throw badPath(profilePath, "expected: an absolute path without ..", null);
    }
    try {
      for (Rule rule : rules) {
        if (rule.covers(profilePath)) {
          return rule.apply(profilePath);
        }
      }
      return Path.of(host == null ? profilePath : host.local(profilePath));
    } catch (InvalidPathException e) {
      throw badPath(profilePath, e.getReason(), e);
    }
  }

  @Override
  public String toString() {
    return host == null ? rules.toString() : rules + " " + host;
  }

  private static TransferException badPath(
      String path, String expected, @Nullable Throwable cause) {
    return new TransferException(
        Reason.BAD_PATH, "path '%s' (%s)".formatted(path, expected), cause);
  }

  private static String trimmed(String prefix) {
    return prefix.replaceAll("/+$", "");
  }

  private record Rule(String prefix, Path folder) {
    Rule {
      if (!prefix.isEmpty() && !prefix.startsWith("/")) {
        throw new IllegalArgumentException(
            "prefix '%s' (expected: an absolute path)".formatted(prefix));
      }
      if (!folder.isAbsolute()) {
        throw new IllegalArgumentException(
            "folder '%s' of '%s' (expected: an absolute path)".formatted(folder, prefix));
      }
    }

    boolean covers(String path) {
      return path.startsWith(prefix)
          && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }

    Path apply(String path) {
      // A leading slash would make resolve() forget the folder.
      int rest = prefix.length();
      while (rest < path.length() && path.charAt(rest) == '/') {
        rest++;
      }
      return folder.resolve(path.substring(rest));
    }

    @Override
    public String toString() {
      return prefix + "=" + folder;
    }
  }
}
