// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.cli.run.ProfileRun;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.profile.detect.ProfileRequest;
import dev.syncmate.agent.profile.detect.ProfileRequest.Format;
import dev.syncmate.agent.staging.StagingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the profile of what lies in some folders. */
@Command(
    name = "profile",
    description = {
      "Write the profile of what lies in some folders, as python-woc's woc.detect does, or of any",
      "folder with --format generic.",
      ""
    },
    footerHeading = "%n",
    footer = {
      "Digests are needed wherever the destination has a file already: give --with-digest on both",
      "sides. A file or folder that can't be read is said and left out (exit code 1).",
      "",
      "Examples:",
      "  java -jar agent.jar profile --with-digest /da1_data /da2_data -o woc.src.json",
      "  java -jar agent.jar profile --format generic --with-digest --path /data/set -o src.json",
      "",
      SyncMate.EXIT_CODES
    })
final class ProfileCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Parameters(paramLabel = "PATH", arity = "0..*", description = "Folders to look in.")
  List<Path> positional = List.of();

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description = "A folder to look in; may be given several times.")
  List<Path> named = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "woc",
      description =
          "woc: maps and objects of World of Code; generic: every regular file below one folder,"
              + " by its relative path (default: ${DEFAULT-VALUE}).")
  Format format = Format.WOC;

  @Option(names = "--with-digest", description = "Compute the sample digest of each file.")
  boolean withDigest;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      defaultValue = Console.STDOUT,
      description =
          "Where the profile goes, replaced at once (default: ${DEFAULT-VALUE}, standard output).")
  String output = Console.STDOUT;

  @Option(
      names = "--version",
      paramLabel = "VERSION",
      description = "Only this version of maps (default: all).")
  @Nullable String version;

  @Option(
      names = "--no-skip-missing",
      description = "Keep maps and objects that lack shards (default: they are left out).")
  boolean keepsIncomplete;

  @Option(
      names = "--preset",
      paramLabel = "FILE",
      description =
          "A profile whose further keys (entities, sites, …) are passed on; the plan needs none"
              + " (default: none).")
  @Nullable Path preset;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ProfileRequest request =
        new ProfileRequest(
            format, roots(), version, !keepsIncomplete, withDigest, StagingFile.FOLDER_NAME);
    return new ProfileRun(request, SyncMate.console(spec)).run(preset, output).code();
  }

  private List<Path> roots() throws IOException {
    List<Path> roots = new ArrayList<>(positional);
    roots.addAll(named);
    if (roots.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, "no folder given (expected: PATH, or --path)");
    }
    if (format == Format.GENERIC && roots.size() > 1) {
      throw new CommandException(
          ExitCode.USAGE,
          "--format generic: %d folders (expected: one, that the paths are relative to)"
              .formatted(roots.size()));
    }
    if (format == Format.GENERIC && (version != null || preset != null)) {
      throw new CommandException(
          ExitCode.USAGE, "--version and --preset are for --format woc (expected: without them)");
    }
    List<Path> absolute = new ArrayList<>();
    for (Path folder : roots) {
      if (!Files.isDirectory(folder)) {
        throw new CommandException(
            ExitCode.LOCAL_IO, "%s: not a folder (expected: one to look in)".formatted(folder));
      }
      absolute.add(absolute(folder));
    }
    return absolute;
  }

  /** Links in the path are kept: other hosts may know the folder by this name only. */
  private static Path absolute(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    for (Path segment : absolute) {
      if (segment.toString().equals("..")) {
        return absolute.toRealPath();
      }
    }
    return absolute.normalize();
  }
}
