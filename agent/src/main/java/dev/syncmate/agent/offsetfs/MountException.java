// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A mount that can't be made; the message says why and what to do. */
public final class MountException extends IOException {
  /** Where the way out lies. */
  public enum Kind {
    /** Something must be installed or allowed on this host. */
    HOST_UNFIT,
    /** Another folder, or other sources, must be named. */
    REQUEST_UNFIT,
    /** The kernel or libfuse refused, for its own reason. */
    REFUSED
  }

  private final Kind kind;

  public MountException(Kind kind, String message) {
    this(kind, message, null);
  }

  public MountException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Where the way out lies. */
  public Kind kind() {
    return kind;
  }
}
