// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import jnr.ffi.LibraryLoader;
import ru.serce.jnrfuse.LibFuse;

/** Whether FUSE can be used on this host, and what is missing. */
public final class FuseSupport {
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final Path FUSE_CONF = Path.of("/etc/fuse.conf");
  private static final String LIBRARY = "libfuse.so.2";
  private static final String HELPER = "fusermount";

  private FuseSupport() {}

  /** Why nothing can be mounted here, with what to install; empty when it can. */
  public static Optional<String> check() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.of("FUSE: mounting works on Linux only");
    }
    if (!Files.exists(DEVICE)) {
      return Optional.of(
          "FUSE: no /dev/fuse: load the kernel module (modprobe fuse), or start the container with"
              + " --device /dev/fuse --cap-add SYS_ADMIN");
    }
    if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
      return Optional.of(
          "FUSE: this user may not open /dev/fuse: run as root, or let root do: chmod 666 /dev/fuse");
    }
    if (!libraryLoads()) {
      return Optional.of(
          "FUSE: libfuse.so.2 is not installed: apt-get install libfuse2 (libfuse2t64 on Ubuntu"
              + " 24.04 and later; fuse-libs on Fedora and RHEL)");
    }
    if (!isRoot() && !hasHelper()) {
      return Optional.of(
          "FUSE: mounting as a user needs fusermount: apt-get install fuse3 (or fuse)");
    }
    return Optional.empty();
  }

  /** Why other users can't be let in; empty when they can. */
  static Optional<String> checkAllowOther() {
    if (isRoot() || userAllowOther()) {
      return Optional.empty();
    }
    return Optional.of(
        "allow-other: root must put the line user_allow_other into /etc/fuse.conf first");
  }

  static LibFuse library() {
    return LibraryLoader.create(LibFuse.class).failImmediately().load(LIBRARY);
  }

  static boolean hasHelper() {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/bin";
    return Stream.of(path.split(":"))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, HELPER)));
  }

  static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean libraryLoads() {
    try {
      library();
      return true;
    } catch (UnsatisfiedLinkError absent) {
      return false;
    }
  }

  private static boolean userAllowOther() {
    try (Stream<String> lines = Files.lines(FUSE_CONF, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.strip().equals("user_allow_other"));
    } catch (IOException absent) {
      return false;
    }
  }
}
