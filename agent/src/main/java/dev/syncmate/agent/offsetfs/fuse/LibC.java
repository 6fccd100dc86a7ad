// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import jnr.ffi.LibraryLoader;

/** The calls of the C library that the JDK does not offer. */
public interface LibC {
  /** Detach at once, finish when the last file is closed. */
  int MNT_DETACH = 2;

  LibC INSTANCE = LibraryLoader.create(LibC.class).failImmediately().load("c");

  int umount2(String target, int flags);

  int chdir(String folder);

  int waitpid(int pid, int[] status, int options);
}
