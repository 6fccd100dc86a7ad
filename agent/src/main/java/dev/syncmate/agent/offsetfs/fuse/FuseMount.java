// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.Attributes;
import dev.syncmate.agent.offsetfs.Mount;
import dev.syncmate.agent.offsetfs.MountException;
import dev.syncmate.agent.offsetfs.MountException.Kind;
import dev.syncmate.agent.offsetfs.MountOptions;
import dev.syncmate.agent.offsetfs.OffsetFs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import jnr.ffi.Struct;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.LibFuse;

/**
 * A mount served by libfuse 2 in this process.
 *
 * <p><b>Threads.</b> libfuse's loop runs on a daemon thread of its own, so that it never keeps the
 * JVM from ending.
 */
final class FuseMount implements Mount {
  private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);
  private static final long READY_SECONDS_MAX = 20;
  private static final long END_MS_MAX = 2_000;

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

  FuseMount(OffsetFs fs, Path folder, MountOptions options, Attributes owner) {
    this.folder = folder;
    this.arguments = arguments(folder, fs.access(), options);
    this.ops = new FuseOps(fs, options.directIo(), owner);
    this.table = new OperationTable(ops, this::ready);
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
    LOG.info("offsetfs.mount.ready folder={}", folder);
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
    answering.set(true);
    started.countDown();
  }

  private void serve() {
    try {
      LibFuse library = FuseSupport.library();
      int status =
          library.fuse_main_real(
              arguments.size(),
              arguments.toArray(String[]::new),
              table.struct(),
              Struct.size(table.struct()),
              null);
      LOG.debug("offsetfs.loop.ended folder={} status={}", folder, status);
    } catch (Throwable e) {
      LOG.error("offsetfs.loop.failed folder={}", folder, e);
    } finally {
      ops.handles().releaseAll();
      ended.complete(null);
      started.countDown();
    }
  }

  private static List<String> arguments(Path folder, Access access, MountOptions options) {
    List<String> arguments = new ArrayList<>(List.of("syncmate", "-f"));
    if (options.debug()) {
      arguments.add("-d");
    }
    for (String option : mountOptions(access, options)) {
      arguments.add("-o");
      arguments.add(option);
    }
    arguments.add(folder.toString());
    return arguments;
  }

  private static List<String> mountOptions(Access access, MountOptions options) {
    List<String> chosen =
        new ArrayList<>(
            List.of(
                "fsname=offsetfs",
                "subtype=offsetfs",
                // Slices come and go and sources grow: the kernel asks each time.
                "attr_timeout=0",
                "entry_timeout=0"));
    if (access == Access.READ_ONLY) {
      // Cached pages outlive the open while size and mtime stay.
      chosen.addAll(List.of("ro", "auto_cache"));
    } else {
      // Else libfuse 2 writes in pieces of 4 KiB.
      chosen.add("big_writes");
    }
    if (options.allowOther()) {
      // The kernel checks the sources' modes: others see what they could see anyway.
      chosen.addAll(List.of("allow_other", "default_permissions"));
    }
    if (FuseSupport.hasHelper()) {
      chosen.add("auto_unmount");
    }
    return chosen;
  }
}
