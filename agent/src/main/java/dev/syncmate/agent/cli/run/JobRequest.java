// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.terminal.ByteText;
import dev.syncmate.agent.failure.ExitCode;
import java.nio.file.Path;

/**
 * The pair of profiles, and how its job is made of them.
 *
 * @param allowsShrink whether smaller sources take the place of larger files
 */
public record JobRequest(
    Path source, Path destination, boolean allowsShrink, long sliceSizeBytes, long windowBytes) {
  private static final long SLICE_BYTES_MIN = 1L << 20;
  private static final long SLICE_BYTES_MAX = 5_368_709_120L - 5_242_880L;

  /** Refuses slices that one PUT can't carry, and a window that holds none. */
  public JobRequest {
    if (sliceSizeBytes < SLICE_BYTES_MIN || sliceSizeBytes > SLICE_BYTES_MAX) {
      throw new CommandException(
          ExitCode.USAGE,
          "--slice-size: %s (expected: 1MiB to 5115MiB, which one PUT can carry)"
              .formatted(ByteText.size(sliceSizeBytes)));
    }
    if (windowBytes < sliceSizeBytes) {
      throw new CommandException(
          ExitCode.USAGE,
          "--window: %s (expected: at least one slice, %s)"
              .formatted(ByteText.size(windowBytes), ByteText.size(sliceSizeBytes)));
    }
  }
}
