// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.OpenMode;
import jnr.ffi.Pointer;

/** libfuse 2's struct fuse_file_info; the same layout on x86_64 and aarch64. */
final class FileInfo {
  private static final int FLAGS = 0;
  private static final int BITS = 20;
  private static final int HANDLE = 24;
  private static final int DIRECT_IO = 1;

  private static final int ACCESS_MODE = 3;
  private static final int WRITE_ONLY = 1;
  private static final int READ_WRITE = 2;
  private static final int APPEND = 02000;

  private FileInfo() {}

  static OpenMode mode(Pointer info) {
    int flags = info.getInt(FLAGS);
    int access = flags & ACCESS_MODE;
    boolean write = access == WRITE_ONLY || access == READ_WRITE;
    return new OpenMode(access != WRITE_ONLY, write, write && (flags & APPEND) != 0);
  }

  static long handle(Pointer info) {
    return info.getLong(HANDLE);
  }

  static void setHandle(Pointer info, long handle) {
    info.putLong(HANDLE, handle);
  }

  static void setDirectIo(Pointer info) {
    info.putInt(BITS, info.getInt(BITS) | DIRECT_IO);
  }
}
