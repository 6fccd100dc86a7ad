// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A one-way switch that stops a transfer, with the reason.
 *
 * <p><b>Threads.</b> Any. Actions run once, on the thread that cancels, or at once on the caller's
 * when it is cancelled already.
 */
public final class Cancellation {
  private final List<Runnable> actions = new ArrayList<>();
  private @Nullable TransferException cause;

  /** Cancels; later calls change nothing. What an action throws comes when all have run. */
  public void cancel(TransferException reason) {
    List<Runnable> toRun;
    synchronized (this) {
      if (cause != null) {
        return;
      }
      cause = reason;
      toRun = List.copyOf(actions);
      actions.clear();
    }
    runAll(toRun);
  }

  private static void runAll(List<Runnable> actions) {
    RuntimeException thrown = null;
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        if (thrown == null) {
          thrown = e;
        } else {
          thrown.addSuppressed(e);
        }
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  /** Why it was cancelled, or null. */
  public synchronized @Nullable TransferException cause() {
    return cause;
  }

  /** Throws the cause when cancelled. */
  public void check() {
    TransferException reason = cause();
    if (reason != null) {
      throw reason;
    }
  }

  /** Runs the action when cancelled. */
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (cause == null) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }
}
