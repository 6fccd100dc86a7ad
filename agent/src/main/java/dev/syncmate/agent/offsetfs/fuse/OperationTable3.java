// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** libfuse 3's struct fuse_operations: pointers only, the same places in all its releases. */
final class OperationTable3 extends OperationTable {
  private static final int SLOTS = 42;
  private static final int GETATTR = 0;
  private static final int MKNOD = 2;
  private static final int MKDIR = 3;
  private static final int UNLINK = 4;
  private static final int RMDIR = 5;
  private static final int SYMLINK = 6;
  private static final int RENAME = 7;
  private static final int LINK = 8;
  private static final int CHMOD = 9;
  private static final int CHOWN = 10;
  private static final int TRUNCATE = 11;
  private static final int OPEN = 12;
  private static final int READ = 13;
  private static final int WRITE = 14;
  private static final int STATFS = 15;
  private static final int RELEASE = 17;
  private static final int FSYNC = 18;
  private static final int READDIR = 24;
  private static final int INIT = 27;
  private static final int CREATE = 30;
  private static final int UTIMENS = 32;

  // struct fuse_conn_info; 3.17 and later still heed this field.
  private static final int CONNECTION_WANT = 24;
  // With it `> file` would not come as the truncate that it is, and that is refused.
  private static final int ATOMIC_O_TRUNC = 1 << 3;
  // With it the kernel asks for the size at each read call, which doubles the calls of small
  // reads. A changed source is noticed when the file is opened again, as with libfuse 2.
  private static final int AUTO_INVAL_DATA = 1 << 12;

  private final Pointer table;

  OperationTable3(FuseOps ops, Runnable onReady) {
    Runtime runtime = Runtime.getSystemRuntime();
    table = Memory.allocateDirect(runtime, SLOTS * runtime.addressSize(), true);
    put(
        INIT,
        Callbacks.Init3.class,
        (connection, config) -> {
          FuseOps.guarded("init", () -> begin(connection, onReady));
          return null;
        });
    names(ops);
    handles(ops);
    refusals(ops);
  }

  @Override
  Pointer memory() {
    return table;
  }

  @Override
  int sizeBytes() {
    return (int) table.size();
  }

  private static int begin(Pointer connection, Runnable onReady) {
    connection.putInt(
        CONNECTION_WANT, connection.getInt(CONNECTION_WANT) & ~(ATOMIC_O_TRUNC | AUTO_INVAL_DATA));
    onReady.run();
    return 0;
  }

  private void names(FuseOps ops) {
    put(
        GETATTR,
        Callbacks.Getattr3.class,
        (path, stat, info) ->
            FuseOps.guarded(
                "getattr",
                () -> info == null ? ops.getattr(path, stat) : ops.fgetattr(stat, info)));
    put(
        READDIR,
        Callbacks.Readdir3.class,
        (path, buffer, filler, offset, info, flags) ->
            FuseOps.guarded(
                "readdir", () -> ops.readdir(path, DirectoryFiller.libfuse3(filler, buffer))));
    put(
        OPEN,
        Callbacks.PathAndStruct.class,
        (path, info) -> FuseOps.guarded("open", () -> ops.open(path, info)));
    put(
        CREATE,
        Callbacks.Create.class,
        (path, mode, info) -> FuseOps.guarded("create", () -> ops.create(path, info)));
    put(
        TRUNCATE,
        Callbacks.Truncate3.class,
        (path, size, info) ->
            FuseOps.guarded(
                "truncate",
                () -> info == null ? ops.truncate(path, size) : ops.ftruncate(size, info)));
    put(
        UTIMENS,
        Callbacks.Utimens3.class,
        (path, times, info) -> FuseOps.guarded("utimens", () -> ops.utimens(path, times)));
    put(
        STATFS,
        Callbacks.PathAndStruct.class,
        (path, answer) -> FuseOps.guarded("statfs", () -> ops.statfs(answer)));
  }

  private void handles(FuseOps ops) {
    put(
        READ,
        Callbacks.Transfer.class,
        (path, buffer, size, position, info) ->
            FuseOps.guarded("read", () -> ops.read(buffer, size, position, info)));
    put(
        WRITE,
        Callbacks.Transfer.class,
        (path, buffer, size, position, info) ->
            FuseOps.guarded("write", () -> ops.write(buffer, size, position, info)));
    put(
        FSYNC,
        Callbacks.Fsync.class,
        (path, dataOnly, info) -> FuseOps.guarded("fsync", () -> ops.fsync(dataOnly, info)));
    put(
        RELEASE,
        Callbacks.PathAndStruct.class,
        (path, info) -> FuseOps.guarded("release", () -> ops.release(info)));
  }

  private void refusals(FuseOps ops) {
    Callbacks.PathOnly path = at -> FuseOps.guarded("remove", ops::refused);
    put(UNLINK, Callbacks.PathOnly.class, path);
    put(RMDIR, Callbacks.PathOnly.class, path);
    Callbacks.TwoPaths twoPaths = (from, to) -> FuseOps.guarded("link", ops::refused);
    put(LINK, Callbacks.TwoPaths.class, twoPaths);
    put(SYMLINK, Callbacks.TwoPaths.class, twoPaths);
    put(
        RENAME,
        Callbacks.Rename3.class,
        (from, to, flags) -> FuseOps.guarded("rename", ops::refused));
    put(MKDIR, Callbacks.PathAndMode.class, (at, bits) -> FuseOps.guarded("mode", ops::refused));
    put(CHMOD, Callbacks.Create.class, (at, bits, info) -> FuseOps.guarded("mode", ops::refused));
    put(MKNOD, Callbacks.Mknod.class, (at, bits, device) -> FuseOps.guarded("mknod", ops::refused));
    put(
        CHOWN,
        Callbacks.Chown3.class,
        (at, uid, gid, info) -> FuseOps.guarded("chown", ops::refused));
  }

  private <T> void put(int slot, Class<T> shape, T callback) {
    set((long) slot * Runtime.getSystemRuntime().addressSize(), shape, callback);
  }
}
