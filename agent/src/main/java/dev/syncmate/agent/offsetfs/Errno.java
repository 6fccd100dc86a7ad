// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

/** The error numbers of Linux that OffsetFS answers with. */
public enum Errno {
  /** Not permitted. */
  EPERM(1),
  /** No such file. */
  ENOENT(2),
  /** I/O error: the source is missing, shorter than it was, or can't be read. */
  EIO(5),
  /** The handle was not opened for this. */
  EBADF(9),
  /** Permission denied on the source. */
  EACCES(13),
  /** Not a folder. */
  ENOTDIR(20),
  /** Invalid argument. */
  EINVAL(22),
  /** File too large. */
  EFBIG(27),
  /** Behind the end of a bounded slice, or the source's disk is full. */
  ENOSPC(28),
  /** Read-only file system. */
  EROFS(30),
  /** Disk quota exceeded. */
  EDQUOT(122);

  private final int code;

  Errno(int code) {
    this.code = code;
  }

  /** The positive number. */
  public int code() {
    return code;
  }
}
