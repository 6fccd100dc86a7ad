// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.Attributes;
import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.MountException.Kind;
import dev.syncmate.agent.offsetfs.MountFactory;
import dev.syncmate.agent.offsetfs.MountOptions;
import dev.syncmate.agent.offsetfs.OffsetFs;
import dev.syncmate.agent.offsetfs.VirtualFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts with libfuse 2 or 3. */
public final class FuseMountFactory implements MountFactory {
  private static final Logger LOG = LoggerFactory.getLogger(FuseMountFactory.class);

  private final FuseVersion version;

  /** Mounts with that library, or with the better one that the host has. */
  public FuseMountFactory(FuseVersion version) {
    this.version = version;
  }

  @Override
  public Mount mount(OffsetFs fs, Path folder, MountOptions options) throws MountException {
    Path place = real(folder);
    clearStale(place);
    Attributes owner = ownerOfEmpty(place);
    requireSourcesOutside(fs, place);
    refuse(FuseSupport.check(version));
    FuseLibrary library = FuseSupport.library(version).orElseThrow();
    StatLayout layout = StatLayout.ofHost().orElseThrow();
    if (options.allowOther()) {
      refuse(FuseSupport.checkAllowOther());
    }
    FuseOps ops = new FuseOps(fs, library.fileInfo(), layout, options.directIo(), owner);
    FuseMount mount =
        new FuseMount(library, ops, place, arguments(library, fs.access(), place, options));
    mount.start();
    return mount;
  }

  @Override
  public void clearStale(Path folder) throws MountException {
    Optional<String> mounted = mountedOn(folder);
    if (mounted.isEmpty()) {
      return;
    }
    if (!isDisconnected(folder)) {
      throw new MountException(
          Kind.REQUEST_UNFIT,
          "%s: %s is mounted there already; unmount it first (fusermount -u %s) or name another folder"
              .formatted(folder, mounted.get(), folder));
    }
    if (!Unmount.unmount(folder) || mountedOn(folder).isPresent()) {
      throw new MountException(
          Kind.REQUEST_UNFIT,
          "%s: the mount of a dead process is left there; clear it with: fusermount -uz %s"
              .formatted(folder, folder));
    }
    LOG.info("offsetfs.stale.cleared folder={}", folder);
  }

  private static List<String> arguments(
      FuseLibrary library, Access access, Path folder, MountOptions options) {
    List<String> chosen = library.options(access);
    if (options.allowOther()) {
      // The kernel checks the sources' modes: others see what they could see anyway.
      chosen.addAll(List.of("allow_other", "default_permissions"));
    }
    if (FuseSupport.hasHelper(library.kind())) {
      chosen.add("auto_unmount");
    }
    List<String> arguments = new ArrayList<>(List.of("syncmate", "-f"));
    if (options.debug()) {
      arguments.add("-d");
    }
    for (String option : chosen) {
      arguments.addAll(List.of("-o", option));
    }
    arguments.add(folder.toString());
    return arguments;
  }

  private static void refuse(Optional<String> reason) throws MountException {
    if (reason.isPresent()) {
      throw new MountException(Kind.HOST_UNFIT, reason.get());
    }
  }

  private static Optional<String> mountedOn(Path folder) throws MountException {
    try {
      return MountTable.typeAt(folder);
    } catch (IOException e) {
      throw new MountException(Kind.HOST_UNFIT, "mount table: " + e.getMessage(), e);
    }
  }

  // ENOTCONN has no exception class of its own.
  private static boolean isDisconnected(Path folder) {
    try {
      Files.readAttributes(folder, "unix:mode");
      return false;
    } catch (IOException e) {
      return String.valueOf(e.getMessage()).contains("endpoint is not connected");
    }
  }

  private static Attributes ownerOfEmpty(Path folder) throws MountException {
    if (!Files.exists(folder)) {
      throw unfit(folder, "no such folder (make it first: mkdir %s)".formatted(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw unfit(folder, "not a folder (expected: an empty folder)");
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      if (found.iterator().hasNext()) {
        throw unfit(folder, "not empty (expected: an empty folder)");
      }
      return Attributes.ofFolder(folder);
    } catch (MountException e) {
      throw e;
    } catch (IOException e) {
      throw unfit(folder, "can't be read: " + e.getClass().getSimpleName());
    }
  }

  // A read of such a file would wait for itself.
  private static void requireSourcesOutside(OffsetFs fs, Path place) throws MountException {
    for (VirtualFile file : fs.files()) {
      if (real(file.source()).startsWith(place)) {
        throw unfit(
            place,
            "the source of %s lies in the mount itself (expected: sources elsewhere)"
                .formatted(file.name()));
      }
    }
  }

  private static MountException unfit(Path folder, String what) {
    return new MountException(Kind.REQUEST_UNFIT, "mountpoint %s: %s".formatted(folder, what));
  }

  // The kernel lists mounts by real paths; a dead mount has none, its parent has.
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      return realParent(absolute);
    }
  }

  private static Path realParent(Path absolute) {
    Path parent = absolute.getParent();
    try {
      return parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    } catch (IOException e) {
      return absolute;
    }
  }
}
