// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.MountException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mount served by a libfuse in this process.
 *
 * <p><b>Threads.</b> libfuse's loop runs on a daemon thread of its own, so that it never keeps the
 * JVM from ending.
 */
final class FuseMount implements Mount {
  private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);
  private static final long READY_SECONDS_MAX = 20;
  private static final long END_MS_MAX = 2_000;

  // libfuse 3 changes to / when it begins; paths of the command line are relative to this.
  private static final String WORKING_FOLDER = System.getProperty("user.dir", "/");

  private final FuseLibrary library;
  private final Path folder;
  private final List<String> arguments;
  private final FuseOps ops;
  private final OperationTable table;
  private final Thread loop;
  // Counted down when the kernel's first request is answered, or when libfuse gave up.
  private final CountDownLatch started = new CountDownLatch(1);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicBoolean answering = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  FuseMount(FuseLibrary library, FuseOps ops, Path folder, List<String> arguments) {
    this.library = library;
    this.folder = folder;
    this.arguments = arguments;
    this.ops = ops;
    this.table = library.operations(ops, this::ready);
    this.loop = new Thread(this::serve, "offsetfs-" + folder.getFileName());
    loop.setDaemon(true);
  }

  void start() throws MountException {
    loop.start();
    try {
      if (!started.await(READY_SECONDS_MAX, TimeUnit.SECONDS)) {
        close();
        throw new MountException(
            Kind.REFUSED, "mount on %s: no answer for %d s".formatted(folder, READY_SECONDS_MAX));
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new MountException(Kind.REFUSED, "mount on %s: interrupted".formatted(folder), e);
    }
    if (!answering.get()) {
      throw new MountException(
          Kind.REFUSED,
          "mount on %s refused by libfuse, for the reason that it printed (in a container, mounting"
                  .formatted(folder)
              + " needs --device /dev/fuse --cap-add SYS_ADMIN)");
    }
    ReadAhead.raise(folder);
    LOG.info("offsetfs.mount.ready folder={} library={}", folder, library.kind());
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    if (!ended.isDone() && !Unmount.unmount(folder)) {
      LOG.warn("offsetfs.unmount.failed folder={} next=\"fusermount -uz {}\"", folder, folder);
    }
    boolean interrupted = !joined();
    Unmount.endGuard(folder);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    LOG.info("offsetfs.mount.ended folder={}", folder);
  }

  private boolean joined() {
    try {
      ended.get(END_MS_MAX, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException busy) {
      LOG.warn("offsetfs.unmount.busy folder={} cause=\"files are still open\"", folder);
      return true;
    } catch (ExecutionException never) {
      throw new IllegalStateException(never);
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void ready() {
    if (LibC.INSTANCE.chdir(WORKING_FOLDER) != 0) {
      LOG.warn("offsetfs.chdir.failed folder={}", WORKING_FOLDER);
    }
    answering.set(true);
    started.countDown();
  }

  private void serve() {
    try {
      int status = library.serve(arguments, table);
      LOG.debug("offsetfs.loop.ended folder={} status={}", folder, status);
    } catch (Throwable e) {
      LOG.error("offsetfs.loop.failed folder={}", folder, e);
    } finally {
      ops.handles().releaseAll();
      ended.complete(null);
      started.countDown();
    }
  }
}
