// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slices that a send agent holds, as files of a folder of its own: {@code
 * <base>/syncmate-<pid>-<random>}. Read-only.
 *
 * <p><b>Units.</b> Bytes; a length of 0 is an empty slice, not one to the end.
 *
 * <p><b>Threads.</b> Any. See {@link Mount} about mmap.
 *
 * <p><b>Errors.</b> A source that is missing or has shrunk shows as an I/O error to the reader, not
 * here.
 */
public final class SliceMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SliceMount.class);
  private static final Pattern OURS = Pattern.compile("syncmate-([0-9]{1,10})-[0-9a-f]{8}");
  private static final MountOptions OPTIONS = new MountOptions(false, false, true);

  private final OffsetFs fs;
  private final Mount mount;
  // A slice can be added again before its earlier holder has let go of it.
  private final Map<String, Held> held = new HashMap<>();

  private record Held(VirtualFile file, int holders) {}

  private SliceMount(OffsetFs fs, Mount mount) {
    this.fs = fs;
    this.mount = mount;
  }

  /** Clears what dead agents left under the base folder, then mounts beside it. */
  public static SliceMount create(Path base, MountFactory mounts) throws IOException {
    Path root = Files.createDirectories(base).toRealPath();
    clearLeftovers(root, mounts);
    Path folder = createFolder(root);
    OffsetFs fs = new OffsetFs(Access.READ_ONLY);
    try {
      return new SliceMount(fs, mounts.mount(fs, folder, OPTIONS));
    } catch (MountException e) {
      Files.deleteIfExists(folder);
      throw e;
    }
  }

  /** Where the slices are to be seen. */
  public Path folder() {
    return mount.folder();
  }

  /**
   * Shows a slice until each {@code add} of its name met a {@link #remove}.
   *
   * @return its path in the mount
   * @throws IllegalArgumentException when another slice is shown under that name, or the name or
   *     the source doesn't fit
   */
  public synchronized Path add(String virtualPath, Path source, long offset, long length) {
    if (length < 0) {
      throw new IllegalArgumentException(
          "length of %s: %d (expected: >= 0)".formatted(virtualPath, length));
    }
    if (source.normalize().startsWith(folder())) {
      throw new IllegalArgumentException(
          "source of %s: %s lies in the mount itself".formatted(virtualPath, source));
    }
    VirtualFile file = new VirtualFile(virtualPath, source, offset, length);
    Held before = held.get(virtualPath);
    if (before == null) {
      fs.add(file);
    } else if (!before.file().equals(file)) {
      // Who reads the file by its name must get the bytes that he asked for.
      throw new IllegalArgumentException(
          "%s: %s is shown under that name (expected: each name once)"
              .formatted(virtualPath, before.file().source()));
    }
    held.put(virtualPath, new Held(file, before == null ? 1 : before.holders() + 1));
    return folder().resolve(virtualPath);
  }

  /** Takes a slice out of the folder; who has it open can go on reading. */
  public synchronized void remove(String virtualPath) {
    Held before = held.remove(virtualPath);
    if (before != null && before.holders() > 1) {
      held.put(virtualPath, new Held(before.file(), before.holders() - 1));
    } else {
      fs.remove(virtualPath);
    }
  }

  /** Unmounts and removes the folder. */
  @Override
  public void close() {
    mount.close();
    if (removeFolder(folder())) {
      LOG.debug("offsetfs.folder.removed folder={}", folder());
    }
  }

  private static Path createFolder(Path root) throws IOException {
    String name =
        "syncmate-%d-%08x"
            .formatted(ProcessHandle.current().pid(), ThreadLocalRandom.current().nextInt());
    return Files.createDirectory(
        root.resolve(name),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void clearLeftovers(Path root, MountFactory mounts) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(root, "syncmate-*")) {
      for (Path folder : found) {
        Matcher name = OURS.matcher(folder.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          clearLeftover(folder, mounts);
        }
      }
    }
  }

  private static void clearLeftover(Path folder, MountFactory mounts) {
    try {
      mounts.clearStale(folder);
      if (removeFolder(folder)) {
        LOG.info("offsetfs.leftover.cleared folder={}", folder);
      }
    } catch (MountException alive) {
      // Another container's process numbers are not ours: it lives, leave it.
      LOG.debug("offsetfs.leftover.kept folder={} cause=\"{}\"", folder, alive.getMessage());
    }
  }

  // Only an empty folder can go: never delete what lies in a mount.
  private static boolean removeFolder(Path folder) {
    try {
      return Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.warn("offsetfs.folder.kept folder={} cause=\"{}\"", folder, e.toString());
      return false;
    }
  }
}
