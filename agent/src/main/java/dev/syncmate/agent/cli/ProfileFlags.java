// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The pair of profiles to compare. */
class ProfileFlags {
  @Option(
      names = {"-s", "--src"},
      paramLabel = "FILE",
      defaultValue = "woc.src.json",
      description = "Profile of the source (default: ${DEFAULT-VALUE}).")
  Path source = Path.of("woc.src.json");

  @Option(
      names = {"-d", "--dst"},
      paramLabel = "FILE",
      defaultValue = "woc.dst.json",
      description = "Profile of the destination (default: ${DEFAULT-VALUE}).")
  Path destination = Path.of("woc.dst.json");

  @Option(
      names = "--allow-shrink",
      description =
          "Let a smaller or empty source take the place of a larger file; else the destination's"
              + " file is kept and it is an error. Give it to send and recv alike.")
  boolean allowsShrink;
}
