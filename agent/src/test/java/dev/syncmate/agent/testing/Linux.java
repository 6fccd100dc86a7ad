// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.ffi.LibraryLoader;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/** Calls of Linux that tests need and the JDK does not offer. */
public final class Linux {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;
  private static final int VALUE_BYTES_MAX = 4096;
  private static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

  private Linux() {}

  /** As in the manual pages. */
  public interface Calls {
    int renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, int flags);

    int lsetxattr(byte[] path, byte[] name, byte[] value, @size_t long size, int flags);

    @ssize_t
    long lgetxattr(byte[] path, byte[] name, byte[] value, @size_t long size);
  }

  /** Two files get each other's name, at once. */
  public static void exchange(Path one, Path other) {
    assertThat(
            CALLS.renameat2(
                AT_FDCWD, text(one.toString()), AT_FDCWD, text(other.toString()), RENAME_EXCHANGE))
        .as("exchange of %s and %s", one, other)
        .isZero();
  }

  /** Whether the file took the attribute. */
  public static boolean setAttribute(Path file, String name, byte[] value) {
    return CALLS.lsetxattr(text(file.toString()), text(name), value, value.length, 0) == 0;
  }

  /** Null where there is none. */
  public static byte @Nullable [] attribute(Path file, String name) {
    byte[] value = new byte[VALUE_BYTES_MAX];
    long length = CALLS.lgetxattr(text(file.toString()), text(name), value, value.length);
    return length < 0 ? null : Arrays.copyOf(value, (int) length);
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }
}
