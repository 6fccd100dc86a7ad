// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is held open: what is done through {@link #path()} is done in it, whatever becomes
 * of the names that led to it. Each name on the way is opened in the folder before it and no link
 * is followed, so that the way is the one that was asked for, or an error.
 *
 * <p><b>Threads.</b> Any; {@link #path()} must not be used after {@link #close()}.
 *
 * <p><b>Errors.</b> {@link NoSuchFileException} where there is no such folder, {@link
 * java.nio.file.NotDirectoryException} where a link or a file has a name on the way. Where the host
 * has no {@link Handle}s its name is used.
 *
 * <p><b>Source.</b> docs/adr/0016-targets-by-handle.md.
 */
public final class OpenFolder implements AutoCloseable {
  private final Path name;
  private final @Nullable Handle handle;

  private OpenFolder(Path name, @Nullable Handle handle) {
    this.name = name;
    this.handle = handle;
  }

  /** Opens the folder of an absolute path without links. */
  public static OpenFolder of(Path folder) throws IOException {
    return walk(folder, false);
  }

  /** The same, and makes durably what is missing of it. */
  public static OpenFolder create(Path folder) throws IOException {
    return walk(folder, true);
  }

  /** Opens a folder in this one; empty when there is none of that name. */
  public Optional<OpenFolder> child(String child) throws IOException {
    try {
      return Optional.of(open(child));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** The same, made durably if there is none. */
  public OpenFolder createChild(String child) throws IOException {
    Optional<OpenFolder> found = child(child);
    if (found.isPresent()) {
      return found.get();
    }
    try {
      Files.createDirectory(path().resolve(child));
    } catch (FileAlreadyExistsException madeJustNow) {
      return open(child);
    }
    DurableFiles.forceFolder(path());
    return open(child);
  }

  /** Leads to the folder, also where links are not followed, for as long as it is open. */
  public Path path() {
    return handle == null ? name : handle.path().resolve(".");
  }

  /** What it was opened as. */
  public Path name() {
    return name;
  }

  /** Whether its name still leads to it. */
  public boolean isInPlace() {
    try {
      return Objects.equals(key(path()), key(name));
    } catch (IOException gone) {
      return false;
    }
  }

  private static @Nullable Object key(Path folder) throws IOException {
    return Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static OpenFolder walk(Path folder, boolean creates) throws IOException {
    Path top = Objects.requireNonNull(folder.getRoot(), "root of an absolute path");
    OpenFolder at = new OpenFolder(top, Handle.isSupported() ? Handle.ofFolder(null, top) : null);
    for (Path step : folder) {
      try (OpenFolder above = at) {
        at = creates ? above.createChild(step.toString()) : above.open(step.toString());
      }
    }
    return at;
  }

  private OpenFolder open(String child) throws IOException {
    Path childName = name.resolve(child);
    if (handle == null) {
      BasicFileAttributes found =
          Files.readAttributes(childName, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isDirectory()) {
        throw CLibrary.error(childName, CLibrary.ENOTDIR);
      }
      return new OpenFolder(childName, null);
    }
    return new OpenFolder(childName, Handle.ofFolder(handle, childName));
  }

  @Override
  public void close() {
    if (handle != null) {
      handle.close();
    }
  }
}
