// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * A struct fuse_operations, filled with guarded callbacks. Keep it for as long as libfuse may call:
 * it holds what keeps the callbacks from being collected.
 */
abstract class OperationTable {
  private final List<Object> callbacks = new ArrayList<>();

  /** The structure itself. */
  abstract Pointer memory();

  abstract int sizeBytes();

  final <T> void set(long offset, Class<T> shape, T callback) {
    callbacks.add(callback);
    Pointer function =
        Runtime.getSystemRuntime().getClosureManager().getClosurePointer(shape, callback);
    memory().putPointer(offset, function);
  }
}
