// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.profile;

import java.nio.file.Path;

/** What both copies hold. */
public record Profiles(Profile source, Profile destination) {
  /** Reads both. */
  public static Profiles read(Path source, Path destination) {
    Profile from = Profile.read(source);
    return new Profiles(from, new ProfileReader(destination, from).read());
  }
}
