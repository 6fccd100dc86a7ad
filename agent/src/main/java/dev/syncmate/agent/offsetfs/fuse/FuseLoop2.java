// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.byref.IntByReference;
import jnr.ffi.byref.PointerByReference;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what libfuse 2's fuse_main does, with threads of the JVM in the place of its own.
 *
 * <p>Its own end when more than ten are idle, and new ones begin when all are busy. jffi attaches a
 * thread that the JVM does not know before each of its first 1,000 callbacks and detaches it after
 * each, which costs more than the reads. See ADR 12.
 *
 * <p><b>Threads.</b> {@link #serve} holds its caller until the mount has ended.
 */
final class FuseLoop2 {
  private static final Logger LOG = LoggerFactory.getLogger(FuseLoop2.class);

  private final Calls calls;
  private final int threads;

  private FuseLoop2(Calls calls, int threads) {
    this.calls = calls;
    this.threads = threads;
  }

  /** What fuse_main calls one after the other. */
  public interface Calls {
    @Nullable Pointer fuse_setup(
        int argc,
        String[] argv,
        Pointer operations,
        @size_t long size,
        PointerByReference folder,
        IntByReference multithreaded,
        @Nullable Pointer data);

    Pointer fuse_get_session(Pointer fuse);

    int fuse_session_loop(Pointer session);

    void fuse_teardown(Pointer fuse, Pointer folder);
  }

  /**
   * Serves with that many threads.
   *
   * @throws UnsatisfiedLinkError when there is no such library
   */
  static FuseLoop2 load(String file, int threads) {
    return new FuseLoop2(LibraryLoader.create(Calls.class).failImmediately().load(file), threads);
  }

  /** Mounts, and serves until unmounted; not 0 when libfuse refused, as it printed. */
  int serve(List<String> arguments, OperationTable table) {
    PointerByReference folder = new PointerByReference();
    Pointer fuse =
        calls.fuse_setup(
            arguments.size(),
            arguments.toArray(String[]::new),
            table.memory(),
            table.sizeBytes(),
            folder,
            new IntByReference(),
            null);
    if (fuse == null) {
      return 1;
    }
    try {
      loop(calls.fuse_get_session(fuse));
      return 0;
    } finally {
      calls.fuse_teardown(fuse, folder.getValue());
    }
  }

  // Ends when all have: teardown frees what they use.
  private void loop(Pointer session) {
    CompletableFuture<?>[] others =
        IntStream.range(1, threads)
            .mapToObj(number -> begun(session, number))
            .toArray(CompletableFuture[]::new);
    calls.fuse_session_loop(session);
    CompletableFuture.allOf(others).join();
  }

  private CompletableFuture<Void> begun(Pointer session, int number) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Runnable body =
        () -> {
          try {
            calls.fuse_session_loop(session);
          } finally {
            ended.complete(null);
          }
        };
    try {
      Thread thread = new Thread(body, Thread.currentThread().getName() + "-" + number);
      thread.setDaemon(true);
      thread.start();
    } catch (OutOfMemoryError noThread) {
      // The host's limit of threads: those that there are serve as well, only with less at once.
      LOG.warn("offsetfs.thread.refused number={} cause=\"{}\"", number, noThread.getMessage());
      ended.complete(null);
    }
    return ended;
  }
}
