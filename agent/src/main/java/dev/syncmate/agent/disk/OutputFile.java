// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A text file that somebody asked for; what its name leads to is replaced at once. */
public final class OutputFile {
  private OutputFile() {}

  /** Writes the content. */
  @FunctionalInterface
  public interface Content {
    /** The writer is flushed and closed by the caller. */
    void writeTo(Writer out) throws IOException;
  }

  /** Something that is no regular file, as a pipe, is written to. */
  public static void replace(Path file, Content content) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.WRITE)) {
        content.writeTo(out);
      }
      return;
    }
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    AtomicFile.replace(target, draft(target), draft -> write(draft, content));
  }

  // Two processes may be told to write the same file.
  private static Path draft(Path target) {
    return target.resolveSibling(
        ".%s.%d.tmp".formatted(target.getFileName(), ProcessHandle.current().pid()));
  }

  private static void write(FileChannel draft, Content content) throws IOException {
    Writer out = new BufferedWriter(Channels.newWriter(draft, StandardCharsets.UTF_8));
    content.writeTo(out);
    out.flush();
  }
}
