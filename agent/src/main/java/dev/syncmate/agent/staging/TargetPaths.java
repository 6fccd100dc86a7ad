// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.DiskErrors;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The final paths of files, kept inside the roots that the config allows: as written and again with
 * every symlink of existing folders resolved. A target that is a symlink itself stands for the file
 * it points to, if that lies inside the roots too.
 *
 * <p><b>Threads.</b> Any. Calls block.
 *
 * <p><b>Errors.</b> Reason target_refused (FAIL_TASK) for a path that must not be written,
 * target_unavailable (OTHER_HOST) where this host lacks the folder. The check is for the moment of
 * the call, so the answer is a way to be opened without following links ({@link OpenStaging}). A
 * root may be a link: where it leads is looked up when it is first seen, and holds from then on.
 */
public final class TargetPaths {
  private static final Logger LOG = LoggerFactory.getLogger(TargetPaths.class);
  private static final int NAME_BYTES_MAX = 255;
  private final TargetConfig config;
  private final List<Path> roots;

  /** Where roots lead: as it was when they were first seen, so that nobody moves them. */
  private final Map<Path, Path> realRoots = new ConcurrentHashMap<>();

  public TargetPaths(TargetConfig config) {
    this.config = config;
    List<Path> all = new ArrayList<>(config.targetRoots());
    if (config.destDir() != null) {
      all.add(config.destDir());
    }
    this.roots = List.copyOf(all);
    for (Path root : roots) {
      try {
        realRoot(root);
      } catch (IOException e) {
        LOG.warn("target_root.unreadable root={} error={}", root, e.getMessage());
      }
    }
  }

  /** Folders that targets lie below. */
  List<Path> roots() {
    return roots;
  }

  /** The final path of the file, checked, with symlinks resolved. */
  Path target(PlannedTarget planned) {
    Path path = asWritten(planned);
    try {
      return checked(path);
    } catch (IOException e) {
      throw DiskErrors.writing("target " + path, e);
    }
  }

  /** The file's path before this host's path map and symlinks. */
  String named(PlannedTarget planned) {
    String known = planned.path();
    return known == null ? asWritten(planned).toString() : known;
  }

  private Path asWritten(PlannedTarget planned) {
    String known = planned.path();
    if (known == null) {
      Path destDir = config.destDir();
      if (destDir == null) {
        throw new TransferException(
            Reason.TARGET_UNAVAILABLE,
            "%s/%s has no known target path and this agent no --dest-dir; give it one"
                .formatted(planned.sub(), planned.name()));
      }
      requireName(planned.sub(), planned.sub());
      requireName(planned.name(), planned.name());
      return path(destDir + "/" + planned.sub() + "/" + planned.name());
    }
    if (!known.startsWith("/") || known.endsWith("/")) {
      throw refused(known, "not the absolute path of a file");
    }
    for (String name : known.substring(1).split("/", -1)) {
      if (!name.isEmpty()) {
        requireName(name, known);
      }
    }
    try {
      Path mapped = config.mapper().apply(known);
      if (!mapped.isAbsolute() || !mapped.equals(mapped.normalize())) {
        throw refused(mapped.toString(), "not an absolute path without . and ..");
      }
      return mapped;
    } catch (InvalidPathException e) {
      throw refused(known, "no path on this host: " + e.getReason());
    }
  }

  private void requireName(String name, String path) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw refused(path, "a name is empty, . or ..");
    }
    if (name.indexOf('/') >= 0 || name.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw refused(path, "a name has a slash or a control character");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      throw refused(path, "a name is longer than " + NAME_BYTES_MAX + " bytes");
    }
    if (name.equals(StagingFile.FOLDER_NAME)) {
      throw refused(path, "it is in a staging folder");
    }
  }

  private Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw refused(text, "no path on this host: " + e.getReason());
    }
  }

  private Path checked(Path path) throws IOException {
    if (roots.stream().noneMatch(root -> path.startsWith(root) && !path.equals(root))) {
      throw refused(path.toString(), "outside");
    }
    List<Path> realRoots = realRoots(path);
    Path parent = path.getParent();
    Path name = path.getFileName();
    if (parent == null || name == null) {
      throw refused(path.toString(), "not a file");
    }
    Path real = real(parent, path).resolve(name);
    if (Files.isSymbolicLink(real)) {
      real = realOfLink(real, path);
    }
    requireInside(real, realRoots, path);
    if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path.toString(), "a folder or special file");
    }
    return real;
  }

  private void requireInside(Path real, List<Path> realRoots, Path path) {
    Path parent = real.getParent();
    if (parent == null || realRoots.stream().noneMatch(parent::startsWith)) {
      throw refused(path.toString(), "leads through a symlink to " + real + ", outside");
    }
    for (Path name : real) {
      if (name.toString().equals(StagingFile.FOLDER_NAME)) {
        throw refused(path.toString(), "it is in a staging folder");
      }
    }
  }

  /** Roots that exist; the one for files without a known path may be made later. */
  private List<Path> realRoots(Path path) throws IOException {
    List<Path> real = new ArrayList<>();
    for (Path root : roots) {
      Path seen = realRoot(root);
      if (seen != null) {
        real.add(seen);
      } else if (root.equals(config.destDir())) {
        real.add(real(root, root));
      } else if (path.startsWith(root)) {
        throw new TransferException(
            Reason.TARGET_UNAVAILABLE,
            "target %s: its root %s is no folder here; mount it or correct target_roots"
                .formatted(path, root));
      }
    }
    return real;
  }

  /** Null for one that is not there. */
  private @Nullable Path realRoot(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return null;
    }
    Path seen = realRoots.get(root);
    if (seen == null) {
      seen = root.toRealPath();
      realRoots.put(root, seen);
    }
    return seen;
  }

  /** The folder with symlinks resolved as far as it exists. */
  private Path real(Path folder, Path path) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.isDirectory(folder)) {
        throw refused(path.toString(), folder + " is no folder");
      }
      return folder.toRealPath();
    }
    Path parent = folder.getParent();
    Path name = folder.getFileName();
    if (parent == null || name == null) {
      return folder;
    }
    return real(parent, path).resolve(name);
  }

  private Path realOfLink(Path link, Path path) throws IOException {
    if (!Files.exists(link)) {
      throw refused(path.toString(), "a symlink that leads nowhere");
    }
    return link.toRealPath();
  }

  private TransferException refused(String path, String why) {
    return new TransferException(
        Reason.TARGET_REFUSED,
        "target %s refused: %s (expected: a regular file below one of %s); see target_roots and --dest-dir"
            .formatted(printable(path), why, roots));
  }

  private static String printable(String path) {
    return path.replaceAll("\\p{Cntrl}", "?");
  }
}
