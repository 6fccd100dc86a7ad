// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.JobRequest;
import dev.syncmate.agent.cli.run.PlanRequest;
import dev.syncmate.agent.config.PathMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a plan is measured with. */
final class PlanReportFlags {
  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      defaultValue = "100MiB",
      converter = ByteSize.class,
      description =
          "Bytes a second that all hosts together move, for hours and cost (default:"
              + " ${DEFAULT-VALUE}).")
  long rateBytes = 100L << 20;

  @Option(
      names = "--dest-free",
      paramLabel = "SIZE",
      converter = ByteSize.class,
      description = "Free space at the destination; too little is an error (default: not checked).")
  @Nullable Long destinationFreeBytes;

  PlanRequest request(JobRequest job, PathMap paths) {
    return new PlanRequest(job, paths, rateBytes, destinationFreeBytes);
  }
}
