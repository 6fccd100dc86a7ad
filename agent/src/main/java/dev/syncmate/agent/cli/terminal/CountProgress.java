// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.terminal;

import dev.syncmate.agent.digest.ParallelReads;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How many of a known number are done, on stderr: a bar on a terminal, a line now and then
 * otherwise. What is over soon says nothing.
 *
 * <p><b>Threads.</b> One.
 */
public final class CountProgress implements ParallelReads.Progress, AutoCloseable {
  static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final String what;
  private final Console console;
  private final boolean terminal;
  private final LongSupplier nanos;
  private @Nullable ProgressBar bar;
  private long lineAtNanos;
  private int lastShown = -1;

  /** Counts what is done, named so, on the real stderr. */
  public CountProgress(String what, Console console) {
    this(what, console, Console.errIsTerminal(), System::nanoTime);
  }

  CountProgress(String what, Console console, boolean terminal, LongSupplier nanos) {
    this.what = what;
    this.console = console;
    this.terminal = terminal;
    this.nanos = nanos;
    this.lineAtNanos = nanos.getAsLong();
  }

  @Override
  public void read(int done, int total) {
    if (terminal) {
      if (bar == null) {
        bar = bar(total);
      }
      bar.stepTo(done);
      return;
    }
    long now = nanos.getAsLong();
    boolean due = now - lineAtNanos >= LINE_INTERVAL_NANOS;
    // Who saw the first line wants to see the last one.
    boolean last = done == total && lastShown >= 0;
    if ((due || last) && done != lastShown) {
      lineAtNanos = now;
      lastShown = done;
      console.say("%s: %d of %d".formatted(what, done, total));
    }
  }

  private ProgressBar bar(int total) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err))
        .setInitialMax(total)
        .build();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
