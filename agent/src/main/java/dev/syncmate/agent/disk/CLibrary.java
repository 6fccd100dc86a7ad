// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Linux has for files and the JDK does not offer. */
final class CLibrary {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int ENODATA = 61;
  static final int EOPNOTSUPP = 95;

  private static final Logger LOG = LoggerFactory.getLogger(CLibrary.class);
  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name()));
  private static final Optional<Calls> LOADED = load();

  private CLibrary() {}

  /** As in the manual pages; texts end with a zero byte. */
  public interface Calls {
    int openat(int folder, byte[] name, int flags);

    int close(int descriptor);

    @ssize_t
    long llistxattr(byte[] path, byte[] names, @size_t long size);

    @ssize_t
    long lgetxattr(byte[] path, byte[] name, byte[] value, @size_t long size);

    int lsetxattr(byte[] path, byte[] name, byte[] value, @size_t long size, int flags);

    int lremovexattr(byte[] path, byte[] name);
  }

  /** Empty where this is no Linux that we know, or native code can't be loaded. */
  static Optional<Calls> calls() {
    return LOADED;
  }

  static byte[] text(String text) {
    byte[] bytes = text.getBytes(NAMES);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** What the last call of this thread failed with. */
  static int errno() {
    return LastError.getLastError(Runtime.getSystemRuntime());
  }

  static IOException error(Path file, int errno) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(file.toString());
      case EACCES -> new AccessDeniedException(file.toString());
      case ENOTDIR -> new NotDirectoryException(file.toString());
      case EPERM -> new FileSystemException(file.toString(), null, "Operation not permitted");
      default -> new FileSystemException(file.toString(), null, "errno " + errno);
    };
  }

  private static Optional<Calls> load() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.empty();
    }
    try {
      return Optional.of(LibraryLoader.create(Calls.class).failImmediately().load("c"));
    } catch (LinkageError absent) {
      LOG.warn("disk.no_native_calls cause={}", absent.getMessage());
      return Optional.empty();
    }
  }
}
