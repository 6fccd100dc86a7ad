// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the kernel says is mounted, as this process sees it. Reading it waits for no mount. */
final class MountTable {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
  private static final int DEVICE = 2;
  private static final int MOUNT_POINT = 4;

  private MountTable() {}

  /** File system type of what is mounted on exactly that folder. */
  static Optional<String> typeAt(Path folder) throws IOException {
    return typeAt(folder, Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1));
  }

  static Optional<String> typeAt(Path folder, String mountinfo) {
    return lineOf(folder, mountinfo).map(MountTable::type);
  }

  /** Device number of what is mounted on exactly that folder, as {@code major:minor}. */
  static Optional<String> deviceAt(Path folder) throws IOException {
    return deviceAt(folder, Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1));
  }

  static Optional<String> deviceAt(Path folder, String mountinfo) {
    return lineOf(folder, mountinfo).map(fields -> fields[DEVICE]);
  }

  // Later lines lie over earlier ones.
  private static Optional<String[]> lineOf(Path folder, String mountinfo) {
    String wanted = folder.toString();
    return mountinfo
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > MOUNT_POINT && plain(fields[MOUNT_POINT]).equals(wanted))
        .reduce((lower, upper) -> upper);
  }

  // Optional fields end with a lone hyphen; the type comes next.
  private static String type(String[] fields) {
    for (int i = MOUNT_POINT + 1; i + 1 < fields.length; i++) {
      if (fields[i].equals("-")) {
        return fields[i + 1];
      }
    }
    return "";
  }

  // Blanks and backslashes are written as \ and three octal digits.
  private static String plain(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
    int i = 0;
    while (i < escaped.length()) {
      if (escaped.charAt(i) == '\\' && i + 3 < escaped.length()) {
        bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 4), 8));
        i += 4;
      } else {
        bytes.write(escaped.charAt(i));
        i++;
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
