// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.plan.tasklist;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.syncmate.agent.input.InputException;
import dev.syncmate.schema.Contract;
import dev.syncmate.schema.PlannedFile;
import dev.syncmate.schema.TaskLine;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Task lists as JSONL, one {@link TaskLine} a line: what taskgen writes and what mount reads.
 *
 * <p>Blank lines and lines that begin with {@code #} or {@code //} are skipped, fields that are not
 * known are ignored. A {@code size} of 0 means: to the end of the source.
 *
 * <p><b>Errors.</b> {@link InputException} that names the file, the line and the field.
 */
public final class TaskLines {
  // ASCII alone survives any locale of a terminal or a pipe.
  private static final ObjectWriter WRITER =
      Contract.mapper()
          .writerFor(TaskLine.class)
          .with(JsonWriteFeature.ESCAPE_NON_ASCII)
          .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
          .withRootValueSeparator("\n");

  private TaskLines() {}

  /** Reads a list; at least the names in it are distinct and fit for a flat directory. */
  public static List<TaskLine> read(Path file) {
    return new TaskListReader(file).read();
  }

  /** Writes one line per task, each ended by a newline; answers with their number. */
  public static long write(Iterable<TaskLine> lines, Writer out) throws IOException {
    long count = 0;
    SequenceWriter sequence = WRITER.writeValues(out);
    for (TaskLine line : lines) {
      sequence.write(line);
      count++;
    }
    sequence.flush();
    if (count > 0) {
      out.write('\n');
    }
    return count;
  }

  /**
   * The lines for a file of a plan: one, or both candidates while it is unresolved, to append and
   * to replace.
   */
  public static List<TaskLine> of(PlannedFile file) {
    Long target = file.targetSizeBytes();
    return switch (file.mode()) {
      case FULL -> List.of(line(file, file.virtualPath(), 0));
      case APPEND -> List.of(line(file, file.virtualPath(), Objects.requireNonNull(target)));
      case UNRESOLVED -> {
        long offset = Objects.requireNonNull(target);
        yield List.of(
            line(file, FlatName.ofTail(file.virtualPath(), offset), offset),
            line(file, file.virtualPath(), 0));
      }
      case REPAIR -> throw new IllegalStateException("a plan from profiles repairs nothing");
    };
  }

  private static TaskLine line(PlannedFile file, String virtualPath, long offset) {
    return new TaskLine(
        virtualPath,
        file.sourcePath(),
        offset,
        file.sizeBytes() - offset,
        file.targetPath(),
        file.sourceDigest(),
        file.targetDigest());
  }
}
