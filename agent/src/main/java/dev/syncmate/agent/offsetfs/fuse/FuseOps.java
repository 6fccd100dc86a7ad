// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import com.kenai.jffi.MemoryIO;
import dev.syncmate.agent.offsetfs.Access;
import dev.syncmate.agent.offsetfs.Attributes;
import dev.syncmate.agent.offsetfs.Errno;
import dev.syncmate.agent.offsetfs.ErrnoException;
import dev.syncmate.agent.offsetfs.OffsetFs;
import dev.syncmate.agent.offsetfs.OpenFile;
import dev.syncmate.agent.offsetfs.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * The operations that libfuse calls, on top of an {@link OffsetFs}.
 *
 * <p><b>Threads.</b> libfuse's own, many at once.
 *
 * <p><b>Errors.</b> A negative errno. Nothing may escape: jnr-ffi turns an exception in a callback
 * into the answer 0, which a reader takes for the end of the file.
 */
final class FuseOps {
  private static final Logger LOG = LoggerFactory.getLogger(FuseOps.class);
  private static final int FOLDER_READ_ONLY = FileStat.S_IFDIR | 0555;
  private static final int FOLDER_READ_WRITE = FileStat.S_IFDIR | 0755;
  private static final int FS_BLOCK_BYTES = 4096;
  private static final int NAME_BYTES_MAX = 255;
  private static final int PATH_BYTES_MAX = 4096;
  private static final int TIMESPEC_BYTES = 16;
  // In the place of nanoseconds, from libfuse 3.
  private static final long UTIME_NOW = (1 << 30) - 1;
  private static final long UTIME_OMIT = (1 << 30) - 2;

  /** The body of a callback. */
  interface Operation {
    int run() throws IOException;
  }

  private final OffsetFs fs;
  private final FileInfo fileInfo;
  private final StatLayout layout;
  private final boolean directIo;
  private final Handles handles = new Handles();
  private final Attributes root;

  FuseOps(OffsetFs fs, FileInfo fileInfo, StatLayout layout, boolean directIo, Attributes owner) {
    this.fs = fs;
    this.fileInfo = fileInfo;
    this.layout = layout;
    this.directIo = directIo;
    this.root = owner;
  }

  Handles handles() {
    return handles;
  }

  /** Runs the body; whatever goes wrong becomes an errno. */
  static int guarded(String operation, Operation body) {
    try {
      return body.run();
    } catch (ErrnoException e) {
      return -e.errno().code();
    } catch (Throwable e) {
      return unexpected(operation, e);
    }
  }

  private static int unexpected(String operation, Throwable thrown) {
    try {
      LOG.error("offsetfs.callback.failed operation={}", operation, thrown);
    } catch (Throwable ignored) {
      // Out of memory while logging it: the answer below still has to be given.
    }
    return -Errno.EIO.code();
  }

  int getattr(Pointer path, Pointer stat) throws IOException {
    if (isRoot(path)) {
      int mode = fs.access() == Access.READ_ONLY ? FOLDER_READ_ONLY : FOLDER_READ_WRITE;
      layout.fill(stat, mode, 2, root);
    } else {
      fillFile(stat, fs.attributes(name(path)));
    }
    return 0;
  }

  int fgetattr(Pointer stat, Pointer info) throws IOException {
    fillFile(stat, file(info).attributes());
    return 0;
  }

  int readdir(@Nullable Pointer path, DirectoryFiller filler) {
    if (path != null && !isRoot(path)) {
      return -Errno.ENOTDIR.code();
    }
    filler.add(".");
    filler.add("..");
    for (String name : fs.names()) {
      filler.add(name);
    }
    return 0;
  }

  int open(Pointer path, Pointer info) throws IOException {
    return opened(fs.open(name(path), FileInfo.mode(info)), info);
  }

  int create(Pointer path, Pointer info) throws IOException {
    return opened(fs.create(name(path), FileInfo.mode(info)), info);
  }

  int read(Pointer buffer, long size, long position, Pointer info) throws IOException {
    return file(info).read(memory(buffer, size), position);
  }

  int write(Pointer buffer, long size, long position, Pointer info) throws IOException {
    return file(info).write(memory(buffer, size), position);
  }

  int truncate(Pointer path, long size) throws IOException {
    fs.truncate(name(path), size);
    return 0;
  }

  int ftruncate(long size, Pointer info) throws IOException {
    OpenFile file = file(info);
    file.truncate(size);
    return 0;
  }

  int fsync(int dataOnly, Pointer info) throws IOException {
    file(info).force(dataOnly == 0);
    return 0;
  }

  int release(Pointer info) throws IOException {
    handles.release(fileInfo.handle(info));
    return 0;
  }

  int utimens(Pointer path, Pointer times) throws IOException {
    fs.setTimes(name(path), instant(times, 0), instant(times, TIMESPEC_BYTES));
    return 0;
  }

  int statfs(Pointer answer) {
    Usage usage = fs.usage();
    long free = usage.freeBytes() / FS_BLOCK_BYTES;
    Statvfs stat = Statvfs.of(answer);
    stat.f_bsize.set(FS_BLOCK_BYTES);
    stat.f_frsize.set(FS_BLOCK_BYTES);
    stat.f_blocks.set(blocks(usage.totalBytes(), FS_BLOCK_BYTES) + free);
    stat.f_bfree.set(free);
    stat.f_bavail.set(free);
    stat.f_files.set(usage.files());
    stat.f_ffree.set(0);
    stat.f_favail.set(0);
    stat.f_namemax.set(NAME_BYTES_MAX);
    return 0;
  }

  /** What would change the directory. */
  int refused() {
    return -fs.changeRefused().code();
  }

  private int opened(OpenFile file, Pointer info) {
    fileInfo.setHandle(info, handles.add(file));
    // An append lands where the source ends, not where the kernel thinks: it must not cache it.
    if (directIo || file.mode().append()) {
      fileInfo.setDirectIo(info);
    }
    return 0;
  }

  private OpenFile file(Pointer info) throws ErrnoException {
    OpenFile file = handles.get(fileInfo.handle(info));
    if (file == null) {
      throw ErrnoException.badHandle();
    }
    return file;
  }

  private void fillFile(Pointer stat, Attributes attributes) {
    layout.fill(stat, FileStat.S_IFREG | attributes.permissions(), 1, attributes);
  }

  private static long blocks(long bytes, int blockBytes) {
    return bytes / blockBytes + (bytes % blockBytes == 0 ? 0 : 1);
  }

  // The kernel's own buffer: reads and writes go straight between it and the source.
  private static ByteBuffer memory(Pointer buffer, long size) {
    return MemoryIO.getInstance().newDirectByteBuffer(buffer.address(), Math.toIntExact(size));
  }

  private static @Nullable Instant instant(Pointer times, int at) {
    long nanos = times.getLong(at + Long.BYTES);
    if (nanos == UTIME_OMIT) {
      return null;
    }
    return nanos == UTIME_NOW ? Instant.now() : Instant.ofEpochSecond(times.getLong(at), nanos);
  }

  private static boolean isRoot(Pointer path) {
    return path.getByte(0) == '/' && path.getByte(1) == 0;
  }

  private static String name(Pointer path) {
    return path.getString(0, PATH_BYTES_MAX, StandardCharsets.UTF_8).substring(1);
  }
}
