// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.run;

import dev.syncmate.agent.cli.run.SendRequest.SliceView;
import dev.syncmate.agent.cli.terminal.Console;
import dev.syncmate.agent.config.PathMap;
import dev.syncmate.agent.offsetfs.SliceMount;
import dev.syncmate.agent.plan.ResolvingCheck;
import dev.syncmate.agent.role.OpenedSlices;
import dev.syncmate.agent.role.Reach;
import dev.syncmate.agent.role.SendParts;
import dev.syncmate.agent.slice.SliceRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an agent sends with; unmounts at the end what it mounted. */
final class SendSetup implements AutoCloseable {
  private final SendRequest request;
  private final @Nullable SliceMount mount;

  private SendSetup(SendRequest request, @Nullable SliceMount mount) {
    this.request = request;
    this.mount = mount;
  }

  /** Mounts the view of leased slices, where it is wanted and can be had. */
  static SendSetup open(SendRequest request, Console console) {
    SliceView view = request.mount();
    return new SendSetup(request, view == null ? null : mount(view, console));
  }

  private static @Nullable SliceMount mount(SliceView view, Console console) {
    Optional<String> absent = Wiring.fuseAbsent(view.fuse());
    if (absent.isPresent()) {
      console.warn("leased slices are not mounted, files are read directly: " + absent.get());
      return null;
    }
    try {
      return SliceMount.create(view.base(), Wiring.mounts(view.fuse()));
    } catch (IOException e) {
      console.warn(
          "leased slices are not mounted under %s, files are read directly: %s"
              .formatted(view.base(), e.getMessage()));
      return null;
    }
  }

  SendParts parts() {
    PathMap paths = request.paths();
    return new SendParts(
        paths::map,
        zones(),
        new OpenedSlices(paths::map, opener(), mount == null ? null : shown(mount)),
        file -> ResolvingCheck.of(file, paths::map),
        (file, cancellation) -> Wiring.proof(paths.map(file.sourcePath()), file, cancellation));
  }

  /** Where leased slices are to be seen, if anywhere. */
  Optional<Path> viewFolder() {
    return Optional.ofNullable(mount).map(SliceMount::folder);
  }

  private Map<String, Reach> zones() {
    return request.zones().entrySet().stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, cost -> Reach.valueOf(cost.getValue().name())));
  }

  private OpenedSlices.Opener opener() {
    SliceView view = request.mount();
    boolean throughMount = view != null && view.isRead();
    return (file, range, first, mounted) ->
        Wiring.slice(file, range, first, throughMount ? mounted : null);
  }

  private static OpenedSlices.View shown(SliceMount mount) {
    return new OpenedSlices.View() {
      @Override
      public Path show(String virtualPath, Path file, SliceRange range) {
        return mount.add(virtualPath, file, range.offsetBytes(), range.lengthBytes());
      }

      @Override
      public void hide(String virtualPath) {
        mount.remove(virtualPath);
      }
    };
  }

  @Override
  public void close() {
    if (mount != null) {
      mount.close();
    }
  }
}
