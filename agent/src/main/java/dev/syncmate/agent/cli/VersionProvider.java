// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Version, commit and build time of this jar, as the build wrote them down. */
public final class VersionProvider implements IVersionProvider {
  private static final String RESOURCE = "/syncmate-build.properties";
  private static final String UNKNOWN = "unknown";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {line(load())};
  }

  /** The version alone, for the coordinator. */
  public static String version() {
    try {
      return of(load(), "git.build.version");
    } catch (IOException unreadable) {
      return UNKNOWN;
    }
  }

  static String line(Properties build) {
    String dirty = "true".equals(build.getProperty("git.dirty")) ? " with local changes" : "";
    return "syncmate %s (commit %s%s, built %s)"
        .formatted(
            of(build, "git.build.version"),
            of(build, "git.commit.id.abbrev"),
            dirty,
            of(build, "git.build.time"));
  }

  private static Properties load() throws IOException {
    Properties build = new Properties();
    try (InputStream in = VersionProvider.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        build.load(in);
      }
    }
    return build;
  }

  // Outside a git checkout the plugin leaves keys empty or as placeholders.
  private static String of(Properties build, String key) {
    String value = build.getProperty(key, "").strip();
    return value.isEmpty() || value.startsWith("${") ? UNKNOWN : value;
  }
}
