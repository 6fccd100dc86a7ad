// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.TransferException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at source files on this host.
 *
 * <p>A file whose folder isn't here is another host's: nothing is wrong with it. One that can't be
 * read although its folder is here has vanished, or is denied to this user.
 *
 * <p><b>Threads.</b> Any. It blocks on the disk.
 */
final class SourceReads {
  private final SourceLocator sources;
  private final Map<Path, Boolean> folders = new ConcurrentHashMap<>();

  SourceReads(SourceLocator sources) {
    this.sources = sources;
  }

  /** What was found. */
  sealed interface Look {}

  /**
   * The file is not one of this host.
   *
   * @param why null: it just isn't here
   */
  record Elsewhere(@Nullable String why) implements Look {}

  /** Its folder is here, and it can't be read. */
  record Unreadable(String why) implements Look {}

  /**
   * It is here.
   *
   * @param digests of the lengths that were asked for; empty: it is shorter than one of them
   */
  record Found(Path file, long sizeBytes, List<String> digests) implements Look {}

  /** Whether it is here and may be read, without reading it; the digests are empty. */
  Look stat(String sourcePath) {
    return at(
        sourcePath,
        (file, sizeBytes) -> {
          if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString());
          }
          return new Found(file, sizeBytes, List.of());
        });
  }

  /** Opens the file; reads a little of it for each length. */
  Look look(String sourcePath, long... lengthsBytes) {
    return at(sourcePath, (file, sizeBytes) -> read(file, sizeBytes, lengthsBytes));
  }

  private interface Looking {
    Found look(Path file, long sizeBytes) throws IOException;
  }

  private Look at(String sourcePath, Looking looking) {
    Path file;
    try {
      file = sources.locate(sourcePath);
    } catch (TransferException e) {
      // A name that this host's locale can't express, for example.
      return new Elsewhere("not read: " + e.getMessage());
    }
    if (file == null || !hasFolder(file)) {
      return new Elsewhere(null);
    }
    try {
      // Opening a FIFO would wait for a writer.
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? looking.look(file, attributes.size())
          : new Unreadable("not read: %s: not a regular file".formatted(file));
    } catch (IOException e) {
      return new Unreadable(
          "not read: %s, but its folder is here".formatted(Shown.problem(file, e)));
    }
  }

  private static Found read(Path file, long sizeBytes, long... lengthsBytes) throws IOException {
    if (Arrays.stream(lengthsBytes).anyMatch(length -> length > sizeBytes)) {
      return new Found(file, sizeBytes, List.of());
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return new Found(file, sizeBytes, SampleDigest.ofEach(channel, lengthsBytes));
    } catch (EOFException shrinking) {
      return new Found(file, Files.size(file), List.of());
    }
  }

  private boolean hasFolder(Path file) {
    Path folder = file.getParent();
    return folder != null && folders.computeIfAbsent(folder, Files::isDirectory);
  }
}
