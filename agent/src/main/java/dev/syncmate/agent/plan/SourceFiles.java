// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan;

import dev.syncmate.agent.digest.SampleDigest;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.plan.PrefixVerdict.Elsewhere;
import dev.syncmate.agent.plan.PrefixVerdict.Here;
import dev.syncmate.agent.plan.PrefixVerdict.Shorter;
import dev.syncmate.agent.plan.PrefixVerdict.Unreadable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at source files on this host.
 *
 * <p>A file whose folder isn't here is another host's: nothing is wrong with it. One that can't be
 * read although its folder is here has vanished, or is denied to this user. Which folders are here
 * is asked once.
 *
 * <p><b>Threads.</b> Any. It blocks on the disk.
 */
final class SourceFiles {
  private final SourceLocator sources;
  private final Map<Path, Boolean> folders = new ConcurrentHashMap<>();

  SourceFiles(SourceLocator sources) {
    this.sources = sources;
  }

  private interface Look {
    PrefixVerdict at(Path file, long sizeBytes) throws IOException;
  }

  /** Whether the file is here with as many bytes at least, and may be read. It is not read. */
  PrefixVerdict stat(String sourcePath, long sizeBytesMin) {
    return look(
        sourcePath,
        (file, sizeBytes) -> {
          if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString());
          }
          return sizeBytes < sizeBytesMin ? new Shorter(file, sizeBytes) : new Here(sizeBytes);
        });
  }

  /** Reads a little of the file for each digest that the question needs. */
  PrefixVerdict compare(PrefixQuestion question) {
    return look(question.sourcePath(), (file, sizeBytes) -> compare(question, file, sizeBytes));
  }

  private static PrefixVerdict compare(PrefixQuestion question, Path file, long sizeBytes)
      throws IOException {
    if (sizeBytes < question.sizeBytes()) {
      return new Shorter(file, sizeBytes);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return question.verdict(file, SampleDigest.ofEach(channel, question.lengthsBytes()));
    } catch (EOFException shrinking) {
      return new Shorter(file, Files.size(file));
    }
  }

  private PrefixVerdict look(String sourcePath, Look look) {
    Path file;
    try {
      file = sources.locate(sourcePath);
    } catch (TransferException e) {
      // A name that this host's locale can't express, for example.
      return new Elsewhere(null, e.getMessage());
    }
    if (file == null || !hasFolder(file)) {
      return new Elsewhere(file, null);
    }
    try {
      // Opening a FIFO would wait for a writer.
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? look.at(file, attributes.size())
          : new Unreadable(file, null);
    } catch (IOException e) {
      return new Unreadable(file, e);
    }
  }

  private boolean hasFolder(Path file) {
    Path folder = file.getParent();
    return folder != null && folders.computeIfAbsent(folder, Files::isDirectory);
  }
}
