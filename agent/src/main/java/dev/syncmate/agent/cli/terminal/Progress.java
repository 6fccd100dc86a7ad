// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.schema.FileTallies;
import dev.syncmate.schema.JobStatus;
import dev.syncmate.schema.TaskTallies;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is, on stderr: a bar on a terminal, a line now and then otherwise.
 *
 * <p><b>Threads.</b> Confined to the agent's context.
 */
public final class Progress implements AutoCloseable {
  private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final String verb;
  private final LongSupplier movedHere;
  private final Console console;
  private final @Nullable ProgressBar bar;
  private long lineAtNanos;
  private long movedAtLine;
  private String lastLine = "";

  /**
   * @param movedHere bytes that this agent has moved so far
   * @param terminal whether stderr is one
   */
  public Progress(String verb, LongSupplier movedHere, Console console, boolean terminal) {
    this.verb = verb;
    this.movedHere = movedHere;
    this.console = console;
    this.bar = terminal ? bar(verb) : null;
    this.lineAtNanos = System.nanoTime();
  }

  private static ProgressBar bar(String verb) {
    return new ProgressBarBuilder()
        .setTaskName(verb)
        .setUnit("MiB", 1L << 20)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .showSpeed()
        .setInitialMax(1)
        .build();
  }

  /** Shows the job as it is now. */
  public void show(JobStatus job) {
    TaskTallies tasks = job.tasks();
    long total =
        tasks.pending().bytes()
            + tasks.uploading().bytes()
            + tasks.uploaded().bytes()
            + tasks.downloading().bytes()
            + tasks.downloaded().bytes()
            + tasks.failed().bytes();
    long done = tasks.downloaded().bytes();
    if (bar != null) {
      bar.maxHint(Math.max(1, total));
      bar.stepTo(done);
      bar.setExtraMessage(files(job.files()));
      return;
    }
    line(job, done, total);
  }

  private void line(JobStatus job, long done, long total) {
    long now = System.nanoTime();
    if (now - lineAtNanos < LINE_INTERVAL_NANOS) {
      return;
    }
    long moved = movedHere.getAsLong();
    long rate = (long) ((moved - movedAtLine) * 1e9 / (now - lineAtNanos));
    lineAtNanos = now;
    movedAtLine = moved;
    String text =
        String.format(
            Locale.ROOT,
            "%s: %d %% (%s of %s), %s, this agent %s/s",
            verb,
            total == 0 ? 0 : (long) (100.0 * done / total),
            ByteText.size(done),
            ByteText.size(total),
            files(job.files()),
            ByteText.size(rate));
    if (!text.equals(lastLine)) {
      lastLine = text;
      console.say(text);
    }
  }

  private static String files(FileTallies files) {
    long all =
        (long) files.unresolved().count()
            + files.transferring().count()
            + files.placing().count()
            + files.done().count()
            + files.failed().count();
    String failed =
        files.failed().count() == 0 ? "" : ", %d failed".formatted(files.failed().count());
    return "%d of %d files done%s".formatted(files.done().count(), all, failed);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
