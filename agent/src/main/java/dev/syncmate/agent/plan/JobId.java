// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.Sha256;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.agent.input.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/** Name of the job of a pair of profiles: the same bytes are the same job, on every host. */
public final class JobId {
  private JobId() {}

  /** SHA-256 over the SHA-256 of the source profile and that of the destination profile. */
  public static String of(Path sourceProfile, Path destinationProfile) {
    byte[] source = sha256(sourceProfile);
    byte[] destination = sha256(destinationProfile);
    return HexFormat.of().formatHex(Sha256.of(source, destination));
  }

  /** That of the job in which smaller sources take the place of larger files. */
  public static String ofShrinking(Path sourceProfile, Path destinationProfile) {
    return HexFormat.of()
        .formatHex(
            Sha256.of(
                of(sourceProfile, destinationProfile).getBytes(StandardCharsets.US_ASCII),
                "allow-shrink".getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] sha256(Path profile) {
    try {
      return Sha256.of(profile);
    } catch (IOException e) {
      throw new InputException(Shown.problem(profile, e), e);
    }
  }
}
