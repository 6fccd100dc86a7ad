// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.cli.process;

import dev.syncmate.agent.failure.ExitCode;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * SIGINT and SIGTERM as events, so that a command can end in order and choose its exit code.
 *
 * <p>A second SIGINT ends the process at once with status 130: the user insists.
 *
 * <p><b>Threads.</b> The handler runs on the JVM's signal thread and must not wait.
 */
public final class Signals {
  /** Which signal came. */
  public enum Kind {
    INTERRUPT,
    TERMINATE
  }

  private Signals() {}

  /** Calls the handler at the first signal of each kind, in place of the JVM's own action. */
  public static void handle(Consumer<Kind> handler) {
    AtomicInteger interrupts = new AtomicInteger();
    Signal.handle(
        new Signal("INT"),
        ignored -> {
          if (interrupts.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED.code());
          }
          handler.accept(Kind.INTERRUPT);
        });
    AtomicBoolean terminated = new AtomicBoolean();
    Signal.handle(
        new Signal("TERM"),
        ignored -> {
          if (terminated.compareAndSet(false, true)) {
            handler.accept(Kind.TERMINATE);
          }
        });
  }
}
