// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/**
 * An {@link OffsetFs} that is mounted on a folder. Whoever made it closes it; no shutdown hook
 * does.
 *
 * <p><b>Threads.</b> Any. Never map (mmap) a file of a mount in the process that serves it: a page
 * fault can't wait for this JVM's own garbage collector. Plain reads are fine.
 *
 * <p><b>Errors.</b> After {@link #close()} the folder is plain again; files that others still have
 * open are cut off when the process ends.
 */
public interface Mount extends AutoCloseable {
  /** Where it is mounted. */
  Path folder();

  /** Done when it is unmounted, by {@link #close()} or from outside. */
  CompletionStage<Void> ended();

  /** Unmounts. Later calls change nothing. */
  @Override
  void close();
}
