// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.process.CommandException;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.relay.RelayReceiver;
import dev.syncmate.agent.role.RecvParts;
import dev.syncmate.agent.staging.FolderIds;
import dev.syncmate.agent.staging.FolderMark;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import dev.syncmate.schema.PlannedFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where files of a plan, or of any, go on this host, and what puts them there. */
final class RecvSetup {
  private RecvSetup() {}

  /**
   * What an agent receives with.
   *
   * @throws CommandException when there is nowhere to put the files
   */
  static RecvParts agentParts(RecvRequest request, @Nullable JobPlan plan) {
    Staging staging = staging(request, plan);
    FolderIds folders = new FolderIds(targetId(request, plan), cacheId(request));
    return new RecvParts(staging, placer(staging, request), request.deleteRemote(), folders);
  }

  /** Of the folder for new files, which is made; without one, of the first that there is. */
  private static @Nullable String targetId(RecvRequest request, @Nullable JobPlan plan) {
    if (request.destDir() != null) {
      return FolderMark.idOf(request.destDir());
    }
    return Stream.concat(request.targetRoots().stream(), folders(plan).stream().sorted())
        .filter(Files::isDirectory)
        .findFirst()
        .map(FolderMark::idOf)
        .orElse(null);
  }

  private static @Nullable String cacheId(RecvRequest request) {
    return request.cacheDir() == null ? null : FolderMark.idOf(request.cacheDir());
  }

  /**
   * What is received with without a coordinator.
   *
   * @throws CommandException when there is nowhere to put the files
   */
  static RelayReceiver.Parts relayParts(RecvRequest request, JobPlan plan) {
    Staging staging = staging(request, plan);
    return new RelayReceiver.Parts(staging, placer(staging, request));
  }

  private static Placer placer(Staging staging, RecvRequest request) {
    return new Placer(staging, SampleDigest::of, request.preserves());
  }

  private static Staging staging(RecvRequest request, @Nullable JobPlan plan) {
    Set<Path> roots = roots(request, plan);
    if (request.destDir() == null) {
      requireFolders(roots, plan);
    }
    TargetConfig targets =
        new TargetConfig(request.destDir(), List.copyOf(roots), request.paths()::map);
    return new Staging(new TargetPaths(targets), request.cacheDir(), UUID.randomUUID().toString());
  }

  private static Set<Path> roots(RecvRequest request, @Nullable JobPlan plan) {
    Set<Path> roots = new LinkedHashSet<>(request.targetRoots());
    roots.addAll(folders(plan));
    return roots;
  }

  private static Set<Path> folders(@Nullable JobPlan plan) {
    Set<Path> folders = new LinkedHashSet<>();
    if (plan != null) {
      plan.files().stream()
          .map(RecvSetup::targetFolder)
          .flatMap(Optional::stream)
          .forEach(folders::add);
      Optional.ofNullable(plan.destinationRoot()).ifPresent(folders::add);
    }
    return folders;
  }

  // Who hands over the destination's profile vouches for the folders that it names.
  private static Optional<Path> targetFolder(PlannedFile file) {
    return file.targetSizeBytes() == null
        ? Optional.empty()
        : Optional.ofNullable(file.targetPath()).map(Path::of).map(Path::getParent);
  }

  private static void requireFolders(Set<Path> roots, @Nullable JobPlan plan) {
    if (plan != null) {
      requireNoNewFiles(plan);
    }
    if (roots.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no folder to receive into: give --dest-dir, --target-root, or target_roots in the"
              + " configuration");
    }
  }

  private static void requireNoNewFiles(JobPlan plan) {
    List<PlannedFile> added =
        plan.files().stream().filter(file -> file.targetPath() == null).toList();
    if (!added.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no folder for %d new file%s of the plan, such as %s: give --dest-dir"
              .formatted(added.size(), added.size() == 1 ? "" : "s", added.get(0).sourcePath()));
    }
  }
}
