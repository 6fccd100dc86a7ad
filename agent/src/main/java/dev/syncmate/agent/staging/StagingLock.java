// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import dev.syncmate.agent.disk.FileSystems;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock between all agents that write to one staging file: passes over slices hold it shared,
 * placing holds it exclusively. So nobody writes to a file while it is placed, or after: an agent
 * that lost its lease without having noticed yet keeps placing from beginning. The kernel gives it
 * back when a process dies.
 *
 * <p><b>Threads.</b> Any. A hold may be closed on another thread than the one that got it.
 *
 * <p><b>Errors.</b> Where the file system has no locks (NFS without a lock daemon), only the agents
 * of this process exclude each other; that is logged once a lock, and the coordinator's leases are
 * the only guard between hosts.
 *
 * <p><b>Source.</b> fcntl(2): locks belong to the process, and closing any descriptor of the file
 * drops them all. Hence one channel a lock file in the whole process.
 */
public final class StagingLock {
  private static final Logger LOG = LoggerFactory.getLogger(StagingLock.class);
  private static final long POLL_MS = 20;
  private static final Map<Key, Held> HELD = new HashMap<>();

  private StagingLock() {}

  /** A lock that is held until closed. */
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /** A lock file by its folder, however that was reached. */
  private record Key(Object folder, String name) {
    static Key of(Path lockFile) throws IOException {
      Path folder = Objects.requireNonNull(lockFile.toAbsolutePath().getParent());
      Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
      return new Key(key == null ? folder : key, String.valueOf(lockFile.getFileName()));
    }
  }

  private static final class Held {
    private final boolean shared;
    private final FileChannel channel;
    private int count = 1;

    Held(boolean shared, FileChannel channel) {
      this.shared = shared;
      this.channel = channel;
    }
  }

  /** For a pass over a slice; null when somebody has it exclusively for longer than the wait. */
  static @Nullable Hold shared(Path lockFile, Duration wait) throws IOException {
    return acquire(lockFile, true, wait);
  }

  /** For placing; null when somebody has it for longer than the wait. */
  public static @Nullable Hold exclusive(Path lockFile, Duration wait) throws IOException {
    return acquire(lockFile, false, wait);
  }

  private static @Nullable Hold acquire(Path lockFile, boolean shared, Duration wait)
      throws IOException {
    Key key = Key.of(lockFile);
    long deadlineNs = System.nanoTime() + wait.toNanos();
    while (true) {
      if (tryAcquire(key, lockFile, shared)) {
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
          if (open.compareAndSet(true, false)) {
            release(key);
          }
        };
      }
      if (System.nanoTime() - deadlineNs >= 0) {
        return null;
      }
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  private static boolean tryAcquire(Key key, Path lockFile, boolean shared) throws IOException {
    synchronized (HELD) {
      Held held = HELD.get(key);
      if (held != null) {
        if (!held.shared || !shared) {
          return false;
        }
        held.count++;
        return true;
      }
      FileChannel channel = lock(lockFile, shared);
      if (channel == null) {
        return false;
      }
      HELD.put(key, new Held(shared, channel));
      return true;
    }
  }

  private static @Nullable FileChannel lock(Path lockFile, boolean shared) throws IOException {
    try {
      Files.createFile(lockFile);
    } catch (FileAlreadyExistsException e) {
      LOG.trace("staging.lock_exists path={}", lockFile);
    }
    long inodeBefore = FileSystems.inode(lockFile);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              lockFile,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    }
    boolean locked = false;
    try {
      FileLock lock;
      try {
        lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      } catch (IOException e) {
        LOG.warn("staging.lock_unsupported path={} error={}", lockFile, e.getMessage());
        locked = true;
        return channel;
      }
      // A lock on a file that its last holder deleted meanwhile excludes nobody: try again.
      locked = lock != null && inodeBefore != -1 && inodeBefore == FileSystems.inode(lockFile);
      return locked ? channel : null;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static void release(Key key) {
    synchronized (HELD) {
      Held held = HELD.get(key);
      if (held == null || --held.count > 0) {
        return;
      }
      HELD.remove(key);
      try {
        held.channel.close();
      } catch (IOException e) {
        LOG.warn("staging.lock_release name={} error={}", key.name(), e.getMessage());
      }
    }
  }
}
