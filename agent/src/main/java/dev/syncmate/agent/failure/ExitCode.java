// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.failure;

/** What the process tells its caller. Documented in the help; a code is never reused. */
public enum ExitCode {
  /** All is done. */
  DONE(0),
  /** Some files failed, or this program did (an internal error). */
  SOME_FAILED(1),
  /** Wrong usage, wrong configuration, refused credentials. */
  USAGE(2),
  /** The coordinator or the object store can't be reached. */
  UNREACHABLE(3),
  /** A local file or disk can't be read or written. */
  LOCAL_IO(4),
  /** Stopped by an interrupt (Ctrl-C). */
  INTERRUPTED(130);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The status of the process. */
  public int code() {
    return code;
  }
}
