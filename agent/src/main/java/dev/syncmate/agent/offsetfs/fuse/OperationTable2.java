// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FuseOperations;

/** libfuse 2's struct fuse_operations. */
final class OperationTable2 extends OperationTable {
  // flag_nullpath_ok, flag_nopath and flag_utime_omit_ok, behind bmap: calls with a handle need no
  // path, and the time that a program does not set is left as it is.
  private static final byte FLAGS = 7;
  private static final int POINTER_BYTES = Runtime.getSystemRuntime().addressSize();

  private final FuseOperations table = new FuseOperations(Runtime.getSystemRuntime());

  OperationTable2(FuseOps ops, Runnable onReady) {
    files(ops);
    handles(ops);
    refusals(ops);
    set(
        table.init.offset(),
        Callbacks.Init.class,
        connection -> {
          FuseOps.guarded(
              "init",
              () -> {
                onReady.run();
                return 0;
              });
          return null;
        });
    Struct.getMemory(table).putByte(table.bmap.offset() + POINTER_BYTES, FLAGS);
  }

  @Override
  Pointer memory() {
    return Struct.getMemory(table);
  }

  @Override
  int sizeBytes() {
    return Struct.size(table);
  }

  private void files(FuseOps ops) {
    set(
        table.getattr.offset(),
        Callbacks.PathAndStruct.class,
        (path, stat) -> FuseOps.guarded("getattr", () -> ops.getattr(path, stat)));
    set(
        table.readdir.offset(),
        Callbacks.Readdir.class,
        (path, buffer, filler, offset, info) ->
            FuseOps.guarded(
                "readdir", () -> ops.readdir(path, DirectoryFiller.libfuse2(filler, buffer))));
    set(
        table.open.offset(),
        Callbacks.PathAndStruct.class,
        (path, info) -> FuseOps.guarded("open", () -> ops.open(path, info)));
    set(
        table.create.offset(),
        Callbacks.Create.class,
        (path, mode, info) -> FuseOps.guarded("create", () -> ops.create(path, info)));
    set(
        table.truncate.offset(),
        Callbacks.Truncate.class,
        (path, size) -> FuseOps.guarded("truncate", () -> ops.truncate(path, size)));
    set(
        table.utimens.offset(),
        Callbacks.PathAndStruct.class,
        (path, times) -> FuseOps.guarded("utimens", () -> ops.utimens(path, times)));
    set(
        table.statfs.offset(),
        Callbacks.PathAndStruct.class,
        (path, answer) -> FuseOps.guarded("statfs", () -> ops.statfs(answer)));
  }

  private void handles(FuseOps ops) {
    set(
        table.read.offset(),
        Callbacks.Transfer.class,
        (path, buffer, size, position, info) ->
            FuseOps.guarded("read", () -> ops.read(buffer, size, position, info)));
    set(
        table.write.offset(),
        Callbacks.Transfer.class,
        (path, buffer, size, position, info) ->
            FuseOps.guarded("write", () -> ops.write(buffer, size, position, info)));
    set(
        table.fgetattr.offset(),
        Callbacks.Fgetattr.class,
        (path, stat, info) -> FuseOps.guarded("fgetattr", () -> ops.fgetattr(stat, info)));
    set(
        table.ftruncate.offset(),
        Callbacks.Ftruncate.class,
        (path, size, info) -> FuseOps.guarded("ftruncate", () -> ops.ftruncate(size, info)));
    set(
        table.fsync.offset(),
        Callbacks.Fsync.class,
        (path, dataOnly, info) -> FuseOps.guarded("fsync", () -> ops.fsync(dataOnly, info)));
    set(
        table.release.offset(),
        Callbacks.PathAndStruct.class,
        (path, info) -> FuseOps.guarded("release", () -> ops.release(info)));
  }

  private void refusals(FuseOps ops) {
    Callbacks.PathOnly path = at -> FuseOps.guarded("remove", ops::refused);
    set(table.unlink.offset(), Callbacks.PathOnly.class, path);
    set(table.rmdir.offset(), Callbacks.PathOnly.class, path);
    Callbacks.TwoPaths twoPaths = (from, to) -> FuseOps.guarded("link", ops::refused);
    set(table.rename.offset(), Callbacks.TwoPaths.class, twoPaths);
    set(table.link.offset(), Callbacks.TwoPaths.class, twoPaths);
    set(table.symlink.offset(), Callbacks.TwoPaths.class, twoPaths);
    Callbacks.PathAndMode mode = (at, bits) -> FuseOps.guarded("mode", ops::refused);
    set(table.mkdir.offset(), Callbacks.PathAndMode.class, mode);
    set(table.chmod.offset(), Callbacks.PathAndMode.class, mode);
    set(
        table.mknod.offset(),
        Callbacks.Mknod.class,
        (at, bits, device) -> FuseOps.guarded("mknod", ops::refused));
    set(
        table.chown.offset(),
        Callbacks.Chown.class,
        (at, uid, gid) -> FuseOps.guarded("chown", ops::refused));
  }
}
