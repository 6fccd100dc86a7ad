// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.cli.run.RecvRequest;
import dev.syncmate.agent.config.AgentConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where received files go. */
final class RecvFlags {
  @Option(
      names = {"-C", "--cache-dir"},
      paramLabel = "DIR",
      description =
          "Folder for files being received; the same for all agents of a domain (default: beside"
              + " each target).")
  @Nullable Path cacheDir;

  @Option(
      names = {"-D", "--dest-dir"},
      paramLabel = "DIR",
      description =
          "Folder for files that the destination does not have yet: DIR/All.sha1c/…; needed if there are any.")
  @Nullable Path destDir;

  @Option(
      names = "--target-root",
      paramLabel = "DIR",
      description =
          "Folder that targets must lie in; repeatable (default: config's target_roots; --dest-dir"
              + " is always allowed).")
  List<Path> targetRoots = List.of();

  @Option(
      names = "--delete-remote",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      paramLabel = "true|false",
      description =
          "Delete objects that were received; without it the window fills up for good (default:"
              + " ${DEFAULT-VALUE}).")
  boolean deleteRemote = true;

  @Option(
      names = "--no-preserve",
      description =
          "Make new files with the permissions of this user's umask and the time of now, instead of"
              + " those of their sources.")
  boolean noPreserve;

  /** Refuses folders that this user can't write to. */
  RecvRequest request(AgentConfig config) {
    WritableFolder.require("--dest-dir", destDir);
    WritableFolder.require("--cache-dir", cacheDir);
    List<Path> roots = new ArrayList<>(targetRoots);
    roots.addAll(config.targetRoots());
    return new RecvRequest(destDir, cacheDir, roots, config.paths(), deleteRemote, !noPreserve);
  }
}
