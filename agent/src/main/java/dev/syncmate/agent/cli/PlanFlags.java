// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.JobRequest;
import picocli.CommandLine.Option;

/** The pair of profiles, and how its job is cut. */
final class PlanFlags extends ProfileFlags {
  @Option(
      names = "--slice-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      converter = ByteSize.class,
      description =
          "Bytes of one slice, 1MiB to 5115MiB; the first to submit the job decides (default:"
              + " ${DEFAULT-VALUE}).")
  long sliceSizeBytes;

  @Option(
      names = "--window",
      paramLabel = "SIZE",
      defaultValue = "1TiB",
      converter = ByteSize.class,
      description =
          "Most bytes that may lie in the bucket at once; the first to submit the job decides"
              + " (default: ${DEFAULT-VALUE}).")
  long windowBytes;

  JobRequest request() {
    return new JobRequest(source, destination, allowsShrink, sliceSizeBytes, windowBytes);
  }
}
