// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.OpenMode;
import jnr.ffi.Pointer;

/** Where a libfuse keeps the fields of its struct fuse_file_info; the same on all machines. */
enum FileInfo {
  LIBFUSE_2(20, 1, 24),
  LIBFUSE_3(4, 2, 16);

  private static final int FLAGS = 0;
  private static final int ACCESS_MODE = 3;
  private static final int WRITE_ONLY = 1;
  private static final int READ_WRITE = 2;
  private static final int APPEND = 02000;

  private final int bits;
  private final int directIo;
  private final int handle;

  FileInfo(int bits, int directIo, int handle) {
    this.bits = bits;
    this.directIo = directIo;
    this.handle = handle;
  }

  static OpenMode mode(Pointer info) {
    int flags = info.getInt(FLAGS);
    int access = flags & ACCESS_MODE;
    boolean write = access == WRITE_ONLY || access == READ_WRITE;
    return new OpenMode(access != WRITE_ONLY, write, write && (flags & APPEND) != 0);
  }

  long handle(Pointer info) {
    return info.getLong(handle);
  }

  void setHandle(Pointer info, long number) {
    info.putLong(handle, number);
  }

  void setDirectIo(Pointer info) {
    info.putInt(bits, info.getInt(bits) | directIo);
  }
}
