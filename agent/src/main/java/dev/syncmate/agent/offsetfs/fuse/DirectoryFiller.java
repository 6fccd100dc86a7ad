// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.provider.jffi.ClosureHelper;
import jnr.ffi.types.off_t;
import org.jspecify.annotations.Nullable;
import ru.serce.jnrfuse.FuseFillDir;

/** libfuse's function that takes the names of a directory, one a call. */
interface DirectoryFiller {
  void add(String name);

  /** libfuse 3's shape of it: with flags. */
  interface Filler3 {
    @Delegate
    int call(
        Pointer buffer, ByteBuffer name, @Nullable Pointer stat, @off_t long offset, int flags);
  }

  static DirectoryFiller libfuse2(Pointer function, Pointer buffer) {
    FuseFillDir fill = callable(FuseFillDir.class, function);
    return name -> fill.apply(buffer, terminated(name), null, 0);
  }

  static DirectoryFiller libfuse3(Pointer function, Pointer buffer) {
    Filler3 fill = callable(Filler3.class, function);
    return name -> fill.call(buffer, terminated(name), null, 0, 0);
  }

  private static <T> T callable(Class<T> shape, Pointer function) {
    ClosureHelper helper = ClosureHelper.getInstance();
    return helper.<T>getNativeConveter(shape).fromNative(function, helper.getFromNativeContext());
  }

  // Not as a string: jnr-ffi would use the platform's charset.
  private static ByteBuffer terminated(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocateDirect(text.length + 1).put(text).put((byte) 0).flip();
  }
}
