// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.run.VerifyRequest;
import dev.syncmate.agent.cli.run.VerifyRun;
import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.digest.ParallelReads;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.verify.Sample;
import dev.syncmate.schema.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads placed files against what was sent of them. */
@Command(
    name = "verify",
    description = {
      "Read files that were placed, and compare each slice's SHA-256 with what was sent.",
      "Run it at the destination. Nothing is changed, but with --repair: then bad slices, and no others,",
      "are sent again and written over the damaged ones; a sender must be at work at the source.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Exit code 1: a file is missing, has another size, can't be read, or has a bad slice (each is",
      "named, one line each on stdout); or a PATH has no manifest. Files below a PATH that have none,",
      "because they were there before or came by --skip-db, are named too. What is missing or has another",
      "size isn't repaired: make a new profile of the destination, and run send and recv.",
      "",
      "Examples:",
      "  java -jar agent.jar verify -c config.json",
      "  java -jar agent.jar verify --sample 5%% /data/woc/All.blobs",
      "  java -jar agent.jar verify --repair --target-root /data/woc",
      "  java -jar agent.jar verify --json | jq -r '.bad[].path'",
      "",
      SyncMate.EXIT_CODES
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;
  @Mixin ConfigOption config = new ConfigOption();
  @Mixin AgentFlags agent = new AgentFlags();
  @Mixin RecvFlags recv = new RecvFlags();

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Files and folders to verify (default: all that was placed here).")
  List<Path> paths = List.of();

  @Option(
      names = "--sample",
      paramLabel = "N%",
      description =
          "Read so much of each file only: that part of its slices, at least one, any of them"
              + " (default: all).")
  @Nullable String sample;

  @Option(
      names = "--readers",
      paramLabel = "N",
      description =
          "Slices read at a time, 1 to "
              + ParallelReads.READERS_MAX
              + " (default: "
              + ParallelReads.READERS_DEFAULT
              + ").")
  int readers = ParallelReads.READERS_DEFAULT;

  @Option(
      names = "--repair",
      description =
          "Have bad slices sent again, into files below --dest-dir, --target-root or config's"
              + " target_roots.")
  boolean repair;

  @Override
  public Integer call() throws Exception {
    requireReaders();
    AgentConfig loaded = agent.over(config.load());
    VerifyRequest request =
        new VerifyRequest(
            loaded.destination(),
            loaded.paths(),
            paths.stream().map(path -> path.toAbsolutePath().normalize()).toList(),
            sample(),
            readers,
            agent.json,
            repair ? agent.request(Role.RECV, loaded).receiving(recv.request(loaded)) : null);
    return new VerifyRun(request, loaded.coordinator(), SyncMate.console(spec)).run().code();
  }

  private void requireReaders() {
    if (readers < 1 || readers > ParallelReads.READERS_MAX) {
      throw new CommandException(
          ExitCode.USAGE,
          "--readers: %d (expected: 1 to %d)".formatted(readers, ParallelReads.READERS_MAX));
    }
  }

  private Sample sample() {
    if (sample == null) {
      return new Sample(Sample.ALL_PERCENT, new Random());
    }
    try {
      return new Sample(Double.parseDouble(sample.replaceFirst("%$", "")), new Random());
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.USAGE,
          "--sample: %s (expected: more than 0 and at most 100, such as 5%%)".formatted(sample),
          e);
    }
  }
}
