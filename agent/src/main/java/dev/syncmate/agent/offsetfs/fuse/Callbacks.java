// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.types.dev_t;
import jnr.ffi.types.gid_t;
import jnr.ffi.types.mode_t;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.uid_t;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of libfuse's operations; those of libfuse 3 only, where they differ, end with 3.
 * jnr-fuse's own take paths as strings in the platform's charset, which loses names under LANG=C;
 * these take the pointer.
 */
final class Callbacks {
  private Callbacks() {}

  /** getattr, statfs, open, utimens: a path and a structure. */
  public interface PathAndStruct {
    @Delegate
    int call(Pointer path, Pointer struct);
  }

  /** unlink, rmdir. */
  public interface PathOnly {
    @Delegate
    int call(Pointer path);
  }

  /** rename, link, symlink. */
  public interface TwoPaths {
    @Delegate
    int call(Pointer from, Pointer to);
  }

  /** mkdir, chmod. */
  public interface PathAndMode {
    @Delegate
    int call(Pointer path, @mode_t long mode);
  }

  /** mknod. */
  public interface Mknod {
    @Delegate
    int call(Pointer path, @mode_t long mode, @dev_t long device);
  }

  /** chown. */
  public interface Chown {
    @Delegate
    int call(Pointer path, @uid_t long uid, @gid_t long gid);
  }

  /** truncate. */
  public interface Truncate {
    @Delegate
    int call(Pointer path, @off_t long size);
  }

  /** create; libfuse 3's chmod. */
  public interface Create {
    @Delegate
    int call(Pointer path, @mode_t long mode, Pointer fileInfo);
  }

  /** read, write. */
  public interface Transfer {
    @Delegate
    int call(
        Pointer path, Pointer buffer, @size_t long size, @off_t long position, Pointer fileInfo);
  }

  /** fsync. */
  public interface Fsync {
    @Delegate
    int call(Pointer path, int dataOnly, Pointer fileInfo);
  }

  /** readdir. */
  public interface Readdir {
    @Delegate
    int call(Pointer path, Pointer buffer, Pointer filler, @off_t long offset, Pointer fileInfo);
  }

  /** ftruncate. */
  public interface Ftruncate {
    @Delegate
    int call(Pointer path, @off_t long size, Pointer fileInfo);
  }

  /** fgetattr. */
  public interface Fgetattr {
    @Delegate
    int call(Pointer path, Pointer stat, Pointer fileInfo);
  }

  /** init. */
  public interface Init {
    @Delegate
    @Nullable Pointer call(Pointer connection);
  }

  /** libfuse 3's getattr. */
  public interface Getattr3 {
    @Delegate
    int call(Pointer path, Pointer stat, @Nullable Pointer fileInfo);
  }

  /** libfuse 3's truncate. */
  public interface Truncate3 {
    @Delegate
    int call(Pointer path, @off_t long size, @Nullable Pointer fileInfo);
  }

  /** libfuse 3's utimens. */
  public interface Utimens3 {
    @Delegate
    int call(Pointer path, Pointer times, @Nullable Pointer fileInfo);
  }

  /** libfuse 3's chown. */
  public interface Chown3 {
    @Delegate
    int call(Pointer path, @uid_t long uid, @gid_t long gid, @Nullable Pointer fileInfo);
  }

  /** libfuse 3's rename. */
  public interface Rename3 {
    @Delegate
    int call(Pointer from, Pointer to, int flags);
  }

  /** libfuse 3's readdir. */
  public interface Readdir3 {
    @Delegate
    int call(
        Pointer path,
        Pointer buffer,
        Pointer filler,
        @off_t long offset,
        Pointer fileInfo,
        int flags);
  }

  /** libfuse 3's init. */
  public interface Init3 {
    @Delegate
    @Nullable Pointer call(Pointer connection, Pointer config);
  }
}
