// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.config.AgentConfig;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.coordinator.Coordinator;
import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.ExitCode;
import dev.syncmate.agent.offsetfs.SliceMount;
import dev.syncmate.agent.placing.Placer;
import dev.syncmate.agent.plan.ResolvingCheck;
import dev.syncmate.agent.role.Agent;
import dev.syncmate.agent.role.AgentOptions;
import dev.syncmate.agent.role.Blocking;
import dev.syncmate.agent.role.Identity;
import dev.syncmate.agent.role.OpenedSlices;
import dev.syncmate.agent.role.Reach;
import dev.syncmate.agent.role.RecvParts;
import dev.syncmate.agent.role.SendParts;
import dev.syncmate.agent.slice.SliceRange;
import dev.syncmate.agent.staging.Staging;
import dev.syncmate.agent.staging.TargetConfig;
import dev.syncmate.agent.staging.TargetPaths;
import dev.syncmate.schema.PlannedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the parts of an agent from flags and configuration, and closes what it opened. */
final class AgentSetup implements AutoCloseable {
  private final AgentRequest request;
  private final AgentConfig config;
  private final AgentOptions options;
  private final @Nullable SendParts send;
  private final @Nullable RecvParts recv;
  private @Nullable SliceMount mount;

  AgentSetup(AgentRequest request, @Nullable JobPlan plan, Console console) {
    this.request = request;
    this.config = request.config();
    this.options = options(request);
    this.send = request.sends() ? sendParts(console) : null;
    this.recv = request.receives() ? recvParts(plan) : null;
  }

  AgentOptions options() {
    return options;
  }

  Agent.Parts parts(Coordinator coordinator, Wiring.AgentStore store, Blocking blocking) {
    return new Agent.Parts(coordinator, store.objects(), blocking, store.movedBytes(), send, recv);
  }

  /** What the agent is, once it works. */
  String readyLine() {
    String view = mount == null ? "" : "; leased slices are to be seen in " + mount.folder();
    return "agent %s works as %s, %d transfers at once%s"
        .formatted(
            options.identity().name(),
            request.role().name().toLowerCase(Locale.ROOT),
            options.transfersMax(),
            view);
  }

  @Override
  public void close() {
    if (mount != null) {
      mount.close();
    }
  }

  /**
   * Refuses flags and configuration that no agent can work with.
   *
   * @throws CommandException saying which and why
   */
  static void check(AgentRequest request) {
    request.agent().drainTimeout();
    options(request);
    request.config().store();
    if (request.receives()) {
      WritableFolder.require("--dest-dir", request.recv().destDir);
      WritableFolder.require("--cache-dir", request.recv().cacheDir);
    }
  }

  static AgentOptions options(AgentRequest request) {
    AgentConfig config = request.config();
    Integer flag = request.agent().transfers;
    int transfers =
        flag != null ? flag : config.limits().transfers().orElse(AgentFlags.TRANSFERS_DEFAULT);
    Identity identity =
        new Identity(
            config.name(),
            AgentConfig.hostName(),
            request.role(),
            config.domain(),
            VersionProvider.version());
    try {
      return new AgentOptions(identity, transfers, request.recv().deleteRemote);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--" + e.getMessage(), e);
    }
  }

  private SendParts sendParts(Console console) {
    PathMap paths = config.paths();
    return new SendParts(
        paths::map,
        zones(config),
        new OpenedSlices(paths::map, opener(), view(console)),
        file -> ResolvingCheck.of(file, paths::map));
  }

  private static Map<String, Reach> zones(AgentConfig config) {
    return config.zones().entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, cost -> Reach.valueOf(cost.getValue().name())));
  }

  private OpenedSlices.Opener opener() {
    if (request.send().sliceIo == SliceIo.DIRECT) {
      return (file, range, mounted) -> Wiring.slice(file, range);
    }
    return (file, range, mounted) ->
        mounted == null ? Wiring.slice(file, range) : Wiring.mountedSlice(file, range, mounted);
  }

  private OpenedSlices.@Nullable View view(Console console) {
    if (request.send().noMount) {
      if (request.send().sliceIo == SliceIo.MOUNT) {
        throw new CommandException(
            ExitCode.USAGE, "--slice-io mount: needs the mount (leave out --no-mount)");
      }
      return null;
    }
    Optional<String> absent = Wiring.fuseAbsent(request.send().fuse);
    if (absent.isPresent()) {
      console.warn("leased slices are not mounted, files are read directly: " + absent.get());
      return null;
    }
    Path base = Objects.requireNonNullElse(request.send().mountDir, defaultMountBase());
    try {
      SliceMount made = Wiring.sliceMount(base, request.send().fuse);
      mount = made;
      return new OpenedSlices.View() {
        @Override
        public Path show(String virtualPath, Path file, SliceRange range) {
          return made.add(virtualPath, file, range.offsetBytes(), range.lengthBytes());
        }

        @Override
        public void hide(String virtualPath) {
          made.remove(virtualPath);
        }
      };
    } catch (IOException e) {
      console.warn(
          "leased slices are not mounted under %s, files are read directly: %s"
              .formatted(base, e.getMessage()));
      return null;
    }
  }

  private static Path defaultMountBase() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "syncmate-" + System.getProperty("user.name"));
  }

  private RecvParts recvParts(@Nullable JobPlan plan) {
    Staging staging = staging(request, plan);
    return new RecvParts(staging, placer(staging));
  }

  /** Where files of the plan, or of any, are staged, and where they go on this host. */
  static Staging staging(AgentRequest request, @Nullable JobPlan plan) {
    TargetConfig targets =
        new TargetConfig(
            request.recv().destDir,
            List.copyOf(roots(request, plan)),
            request.config().paths()::map);
    return new Staging(
        new TargetPaths(targets), request.recv().cacheDir, UUID.randomUUID().toString());
  }

  /** What puts the staged files to their targets. */
  static Placer placer(Staging staging) {
    return new Placer(staging, SampleDigest::ofPrefix);
  }

  /**
   * Refuses a receiver that has nowhere to put the files.
   *
   * @throws CommandException saying what to give
   */
  static void checkFolders(AgentRequest request, @Nullable JobPlan plan) {
    if (!request.receives() || request.recv().destDir != null) {
      return;
    }
    if (plan != null) {
      requireNoNewFiles(plan);
    }
    if (roots(request, plan).isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "no folder to receive into: give --dest-dir, --target-root, or target_roots in the"
              + " configuration");
    }
  }

  private static Set<Path> roots(AgentRequest request, @Nullable JobPlan plan) {
    Set<Path> roots = new LinkedHashSet<>(request.recv().targetRoots);
    roots.addAll(request.config().targetRoots());
    if (plan != null) {
      plan.files().stream()
          .map(AgentSetup::targetFolder)
          .flatMap(Optional::stream)
          .forEach(roots::add);
      Optional.ofNullable(plan.destinationRoot()).ifPresent(roots::add);
    }
    return roots;
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

  // Who hands over the destination's profile vouches for the folders that it names.
  private static Optional<Path> targetFolder(PlannedFile file) {
    return file.targetSizeBytes() == null
        ? Optional.empty()
        : Optional.ofNullable(file.targetPath()).map(Path::of).map(Path::getParent);
  }
}
