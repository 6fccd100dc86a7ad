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
import jnr.ffi.provider.jffi.ClosureHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import ru.serce.jnrfuse.FuseFillDir;
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
  private static final int STAT_BLOCK_BYTES = 512;
  private static final int FS_BLOCK_BYTES = 4096;
  private static final int NAME_BYTES_MAX = 255;
  private static final int PATH_BYTES_MAX = 4096;
  private static final int TIMESPEC_BYTES = 16;

  /** The body of a callback. */
  interface Operation {
    int run() throws IOException;
  }

  private final OffsetFs fs;
  private final boolean directIo;
  private final Handles handles = new Handles();
  private final Attributes root;

  FuseOps(OffsetFs fs, boolean directIo, Attributes owner) {
    this.fs = fs;
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
      fill(FileStat.of(stat), mode, 2, root);
    } else {
      fillFile(stat, fs.attributes(name(path)));
    }
    return 0;
  }

  int fgetattr(Pointer stat, Pointer info) throws IOException {
    fillFile(stat, file(info).attributes());
    return 0;
  }

  int readdir(@Nullable Pointer path, Pointer buffer, Pointer filler) throws IOException {
    if (path != null && !isRoot(path)) {
      return -Errno.ENOTDIR.code();
    }
    ClosureHelper helper = ClosureHelper.getInstance();
    FuseFillDir fill =
        helper
            .<FuseFillDir>getNativeConveter(FuseFillDir.class)
            .fromNative(filler, helper.getFromNativeContext());
    add(fill, buffer, ".");
    add(fill, buffer, "..");
    for (String name : fs.names()) {
      add(fill, buffer, name);
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
    handles.release(FileInfo.handle(info));
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
    FileInfo.setHandle(info, handles.add(file));
    // An append lands where the source ends, not where the kernel thinks: it must not cache it.
    if (directIo || file.mode().append()) {
      FileInfo.setDirectIo(info);
    }
    return 0;
  }

  private OpenFile file(Pointer info) throws ErrnoException {
    OpenFile file = handles.get(FileInfo.handle(info));
    if (file == null) {
      throw ErrnoException.badHandle();
    }
    return file;
  }

  private void fillFile(Pointer stat, Attributes attributes) {
    fill(FileStat.of(stat), FileStat.S_IFREG | attributes.permissions(), 1, attributes);
  }

  private static void fill(FileStat stat, int mode, int links, Attributes attributes) {
    stat.st_mode.set(mode);
    stat.st_nlink.set(links);
    stat.st_uid.set(attributes.uid());
    stat.st_gid.set(attributes.gid());
    stat.st_size.set(attributes.sizeBytes());
    stat.st_blksize.set(FS_BLOCK_BYTES);
    // All of them: with fewer, cp and tar would take the file for a sparse one.
    stat.st_blocks.set(blocks(attributes.sizeBytes(), STAT_BLOCK_BYTES));
    Instant modified = attributes.modified();
    stat.st_mtim.tv_sec.set(modified.getEpochSecond());
    stat.st_mtim.tv_nsec.set(modified.getNano());
    stat.st_ctim.tv_sec.set(modified.getEpochSecond());
    stat.st_ctim.tv_nsec.set(modified.getNano());
    stat.st_atim.tv_sec.set(modified.getEpochSecond());
    stat.st_atim.tv_nsec.set(modified.getNano());
  }

  private static long blocks(long bytes, int blockBytes) {
    return bytes / blockBytes + (bytes % blockBytes == 0 ? 0 : 1);
  }

  private static void add(FuseFillDir fill, Pointer buffer, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer terminated = ByteBuffer.allocateDirect(text.length + 1);
    fill.apply(buffer, terminated.put(text).put((byte) 0).flip(), null, 0);
  }

  // The kernel's own buffer: reads and writes go straight between it and the source.
  private static ByteBuffer memory(Pointer buffer, long size) {
    return MemoryIO.getInstance().newDirectByteBuffer(buffer.address(), Math.toIntExact(size));
  }

  private static Instant instant(Pointer times, int at) {
    return Instant.ofEpochSecond(times.getLong(at), times.getLong(at + Long.BYTES));
  }

  private static boolean isRoot(Pointer path) {
    return path.getByte(0) == '/' && path.getByte(1) == 0;
  }

  private static String name(Pointer path) {
    return path.getString(0, PATH_BYTES_MAX, StandardCharsets.UTF_8).substring(1);
  }
}
