// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.AtomicFile;
import dev.syncmate.agent.disk.DurableFiles;
import dev.syncmate.agent.disk.FileBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What was written and verified of one staging file. Each agent appends to a journal of its own, so
 * that no two ever write to one file; readers merge them all.
 *
 * <p><b>Threads.</b> Any: an append is one write to a file opened for appending.
 *
 * <p><b>Errors.</b> Torn and damaged lines are skipped: what they said must be done again.
 */
final class StagingJournal {
  private static final Set<OpenOption> APPEND =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.APPEND,
          LinkOption.NOFOLLOW_LINKS);

  private final StagingFile file;
  private final String writerId;

  StagingJournal(StagingFile file, String writerId) {
    this.file = file;
    this.writerId = writerId;
  }

  /** Appends the entry durably. */
  void append(JournalEntry entry) throws IOException {
    Path path = file.journal(writerId);
    boolean fresh = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    // The newline in front ends a line that an append without space or power left torn.
    write(path, "\n" + entry.toLine() + "\n");
    if (fresh) {
      DurableFiles.forceFolder(file.folder());
    }
  }

  /** All entries of all agents. */
  List<JournalEntry> read() throws IOException {
    List<JournalEntry> entries = new ArrayList<>();
    for (Path path : paths()) {
      for (String line : lines(path)) {
        JournalEntry.parse(line).ifPresent(entries::add);
      }
    }
    return entries;
  }

  /** Drops entries; only for who has the staging file's lock exclusively. */
  void removeIf(Predicate<JournalEntry> dropped) throws IOException {
    List<JournalEntry> kept = read();
    kept.removeIf(dropped);
    StringBuilder text = new StringBuilder();
    kept.forEach(entry -> text.append(entry.toLine()).append('\n'));
    Path own = file.journal(writerId);
    AtomicFile.replace(own, text.toString().getBytes(StandardCharsets.UTF_8));
    for (Path path : paths()) {
      if (!path.equals(own)) {
        Files.deleteIfExists(path);
      }
    }
    DurableFiles.forceFolder(file.folder());
  }

  /** Deletes the journals of all agents durably. */
  void delete() throws IOException {
    for (Path path : paths()) {
      Files.deleteIfExists(path);
    }
    Files.deleteIfExists(AtomicFile.draft(file.journal(writerId)));
    DurableFiles.forceFolder(file.folder());
  }

  private List<Path> paths() throws IOException {
    List<Path> paths = new ArrayList<>();
    String prefix = file.id() + ".";
    try (DirectoryStream<Path> children =
        Files.newDirectoryStream(
            file.folder(),
            child -> {
              String name = String.valueOf(child.getFileName());
              return name.startsWith(prefix) && name.endsWith(".journal");
            })) {
      children.forEach(paths::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return paths;
  }

  private static List<String> lines(Path path) throws IOException {
    try {
      // Bytes that are no UTF-8 are damage like any other: the line's CRC will not fit.
      return new String(Files.readAllBytes(path), StandardCharsets.UTF_8).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static void write(Path path, String text) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel = FileChannel.open(path, APPEND)) {
      FileBytes.writeFully(channel, buffer);
      channel.force(true);
    }
  }
}
