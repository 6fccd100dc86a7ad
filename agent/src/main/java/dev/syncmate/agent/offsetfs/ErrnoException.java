// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A refused file system call, with the number that the caller of the call gets. */
public final class ErrnoException extends IOException {
  private final transient Errno errno;

  ErrnoException(Errno errno, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  ErrnoException(Errno errno, String message) {
    this(errno, message, null);
  }

  /** For a binding: a call on a handle that is not open. */
  public static ErrnoException badHandle() {
    return new ErrnoException(Errno.EBADF, "no such handle");
  }

  /** The number to answer with. */
  public Errno errno() {
    return errno;
  }

  /** Most are plain answers (no such file) and nobody reads their stack. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
