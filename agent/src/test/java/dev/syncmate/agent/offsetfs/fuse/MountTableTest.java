// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
  private static final String TABLE =
      """
      27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
      40 27 0:36 / /mnt/with\\040blank rw shared:7 master:2 - fuse.offsetfs offsetfs rw
      41 27 0:37 / /mnt/two rw - tmpfs tmpfs rw
      42 41 0:38 / /mnt/two rw,nosuid - fuse.offsetfs offsetfs rw
      """;

  @Test
  void typeAt_mounts_areFoundByTheirExactFolder() {
    assertThat(MountTable.typeAt(Path.of("/mnt/with blank"), TABLE)).contains("fuse.offsetfs");
    assertThat(MountTable.typeAt(Path.of("/"), TABLE)).contains("ext4");
    assertThat(MountTable.typeAt(Path.of("/mnt"), TABLE)).isEmpty();
  }

  @Test
  void typeAt_twoMounts_givesTheUpper() {
    assertThat(MountTable.typeAt(Path.of("/mnt/two"), TABLE)).contains("fuse.offsetfs");
  }
}
