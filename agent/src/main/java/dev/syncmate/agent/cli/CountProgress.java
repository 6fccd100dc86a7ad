// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli;

import dev.syncmate.agent.digest.ParallelReads;
import java.time.Duration;
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
final class CountProgress implements ParallelReads.Progress, AutoCloseable {
  private static final long LINE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();

  private final String what;
  private final Console console;
  private final boolean terminal;
  private final long lineIntervalNanos;
  private @Nullable ProgressBar bar;
  private long lineAtNanos = System.nanoTime();
  private int lastShown = -1;

  CountProgress(String what, Console console) {
    this(what, console, Console.errIsTerminal(), LINE_INTERVAL_NANOS);
  }

  CountProgress(String what, Console console, boolean terminal, long lineIntervalNanos) {
    this.what = what;
    this.console = console;
    this.terminal = terminal;
    this.lineIntervalNanos = lineIntervalNanos;
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
    long now = System.nanoTime();
    boolean due = now - lineAtNanos >= lineIntervalNanos;
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
