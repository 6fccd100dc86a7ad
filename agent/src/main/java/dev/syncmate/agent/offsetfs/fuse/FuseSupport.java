// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import dev.syncmate.agent.offsetfs.FuseVersion;
import dev.syncmate.agent.offsetfs.fuse.FuseLibrary.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether FUSE can be used on this host, and what is missing. */
public final class FuseSupport {
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final Path FUSE_CONF = Path.of("/etc/fuse.conf");

  private FuseSupport() {}

  /** Why nothing can be mounted here with that library, and what to install; empty when it can. */
  public static Optional<String> check(FuseVersion version) {
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
    if (StatLayout.ofHost().isEmpty()) {
      return Optional.of(
          "FUSE: mounting works on x86_64 and aarch64 only, this is "
              + System.getProperty("os.arch"));
    }
    if (library(version).isPresent()) {
      return Optional.empty();
    }
    boolean installed = Kind.allowed(version).stream().anyMatch(FuseSupport::isInstalled);
    return Optional.of(
        installed
            ? "FUSE: mounting as a user needs fusermount3 for libfuse 3 (apt-get install fuse3),"
                + " fusermount for libfuse 2 (fuse3 or fuse)"
            : missing(version));
  }

  /** Why other users can't be let in; empty when they can. */
  static Optional<String> checkAllowOther() {
    if (isRoot() || userAllowOther()) {
      return Optional.empty();
    }
    return Optional.of(
        "allow-other: root must put the line user_allow_other into /etc/fuse.conf first");
  }

  /** The first library that the wish allows and this user can mount with. */
  static Optional<FuseLibrary> library(FuseVersion version) {
    return Kind.allowed(version).stream()
        .filter(kind -> isRoot() || hasHelper(kind))
        .flatMap(kind -> FuseLibrary.load(kind).stream())
        .findFirst();
  }

  static boolean hasHelper(Kind kind) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/bin";
    return Stream.of(path.split(":"))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, kind.helper())));
  }

  static boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isInstalled(Kind kind) {
    return FuseLibrary.load(kind).isPresent();
  }

  private static String missing(FuseVersion version) {
    return switch (version) {
      case LIBFUSE_2 ->
          "FUSE: libfuse.so.2 is not installed: apt-get install libfuse2 (libfuse2t64 on Ubuntu"
              + " 24.04 and later; fuse-libs on Fedora and RHEL)";
      case LIBFUSE_3 ->
          "FUSE: neither libfuse3.so.3 nor libfuse3.so.4 is installed: apt-get install fuse3"
              + " (fuse3-libs on Fedora and RHEL)";
      case AUTO ->
          "FUSE: neither libfuse 3 nor libfuse 2 is installed: apt-get install fuse3 (fuse3-libs on"
              + " Fedora and RHEL)";
    };
  }

  private static boolean userAllowOther() {
    try (Stream<String> lines = Files.lines(FUSE_CONF, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.strip().equals("user_allow_other"));
    } catch (IOException absent) {
      return false;
    }
  }
}
