// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file or folder that is held, neither read nor written: its path leads to it and to nothing
 * else, whatever becomes of its name.
 *
 * <p><b>Source.</b> open(2), O_PATH; proc(5), /proc/PID/fd: such a link leads to what is open, not
 * to a name.
 */
final class Handle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Handle.class);
  private static final int O_PATH = 0x200000;
  private static final int O_CLOEXEC = 0x80000;

  /** Stands for the process's own folder, which no absolute name needs. */
  private static final int NO_FOLDER = -1;

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Optional<Flags> FLAGS = flags();

  private final int descriptor;

  /** Those whose numbers differ between machines. */
  private record Flags(int directory, int noFollow) {}

  private Handle(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Whether this host has such a thing; else names must do. */
  static boolean isSupported() {
    return FLAGS.isPresent();
  }

  /** Holds what has the name, a link itself where it is one. */
  static Handle of(Path file) throws IOException {
    return open(null, file.toString(), file, 0);
  }

  /**
   * Holds the folder of that name; a link is none.
   *
   * @param in where it is, null for an absolute name
   */
  static Handle ofFolder(@Nullable Handle in, Path folder) throws IOException {
    String name = in == null ? folder.toString() : String.valueOf(folder.getFileName());
    return open(in, name, folder, FLAGS.orElseThrow().directory());
  }

  private static Handle open(@Nullable Handle in, String name, Path shown, int flags)
      throws IOException {
    CLibrary.Calls calls = CLibrary.calls().orElseThrow();
    int opened =
        calls.openat(
            in == null ? NO_FOLDER : in.descriptor,
            CLibrary.text(name),
            O_PATH | O_CLOEXEC | FLAGS.orElseThrow().noFollow() | flags);
    if (opened < 0) {
      throw CLibrary.error(shown, CLibrary.errno());
    }
    return new Handle(opened);
  }

  /** Leads to what is held, for as long as it is; it is a link and must be followed. */
  Path path() {
    return DESCRIPTORS.resolve(Integer.toString(descriptor));
  }

  @Override
  public void close() {
    CLibrary.calls().orElseThrow().close(descriptor);
  }

  private static Optional<Flags> flags() {
    if (CLibrary.calls().isEmpty()) {
      return Optional.empty();
    }
    if (!Files.isDirectory(DESCRIPTORS)) {
      LOG.warn("disk.names_only cause=\"no {}\"", DESCRIPTORS);
      return Optional.empty();
    }
    String machine = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (machine) {
      case "amd64", "x86_64" -> Optional.of(new Flags(0x10000, 0x20000));
      case "aarch64", "arm64" -> Optional.of(new Flags(0x4000, 0x8000));
      default -> {
        LOG.warn("disk.names_only cause=\"unknown machine {}\"", machine);
        yield Optional.empty();
      }
    };
  }
}
