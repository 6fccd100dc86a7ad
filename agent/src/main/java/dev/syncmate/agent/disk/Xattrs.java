// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes of a file, all of them: the JDK knows those of users only. A link is not
 * followed.
 *
 * <p><b>Errors.</b> Where the host or the file system has none, files have none.
 *
 * <p><b>Source.</b> xattr(7): a value, and a list of names, has 64 KiB at most.
 */
final class Xattrs {
  private static final int BYTES_MAX = 1 << 16;

  private Xattrs() {}

  static List<String> names(Path file) throws IOException {
    byte[] found = new byte[BYTES_MAX];
    long length =
        CLibrary.calls()
            .map(calls -> calls.llistxattr(CLibrary.text(file.toString()), found, BYTES_MAX))
            .orElse(0L);
    if (length < 0) {
      requireNone(file);
      return List.of();
    }
    String all = new String(found, 0, (int) length, StandardCharsets.UTF_8);
    return Stream.of(all.split("\0")).filter(name -> !name.isEmpty()).toList();
  }

  /** Null where the file has no such attribute. */
  static byte @Nullable [] get(Path file, String name) throws IOException {
    if (CLibrary.calls().isEmpty()) {
      return null;
    }
    byte[] found = new byte[BYTES_MAX];
    long length =
        CLibrary.calls()
            .get()
            .lgetxattr(CLibrary.text(file.toString()), CLibrary.text(name), found, BYTES_MAX);
    if (length < 0) {
      requireNone(file);
      return null;
    }
    return Arrays.copyOf(found, (int) length);
  }

  static void set(Path file, String name, byte[] value) throws IOException {
    int failed =
        CLibrary.calls()
            .orElseThrow()
            .lsetxattr(CLibrary.text(file.toString()), CLibrary.text(name), value, value.length, 0);
    if (failed != 0) {
      throw CLibrary.error(file, CLibrary.errno());
    }
  }

  /** Nothing happens where there is no such attribute. */
  static void remove(Path file, String name) throws IOException {
    if (CLibrary.calls().isEmpty()) {
      return;
    }
    int failed =
        CLibrary.calls().get().lremovexattr(CLibrary.text(file.toString()), CLibrary.text(name));
    if (failed != 0) {
      requireNone(file);
    }
  }

  private static void requireNone(Path file) throws IOException {
    int errno = CLibrary.errno();
    if (errno != CLibrary.ENODATA && errno != CLibrary.EOPNOTSUPP) {
      throw CLibrary.error(file, errno);
    }
  }
}
