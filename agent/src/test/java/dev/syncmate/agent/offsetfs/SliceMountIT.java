// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SliceMountIT {
  @TempDir Path temp;
  private Path source;
  private Path base;

  @BeforeEach
  void prepare() throws IOException {
    FuseHost.assumeFuse();
    source = Files.writeString(temp.resolve("source"), "0123456789");
    base = temp.resolve("base");
  }

  @Test
  void slices_addedAndRemovedWhileMounted_areSeenByPrograms() throws Exception {
    Path folder;
    try (SliceMount mount = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
      folder = mount.folder();
      assertThat(folder.getFileName().toString())
          .matches("syncmate-" + ProcessHandle.current().pid() + "-[0-9a-f]{8}");
      Path a = mount.add("f.slice.00000", source, 2, 3);
      Path empty = mount.add("empty", source, 0, 0);
      assertThat(FuseHost.run("cat", a.toString()).output()).isEqualTo("234");
      assertThat(Files.size(empty)).isZero();
      assertThat(FuseHost.run("ls", folder.toString()).output())
          .isEqualTo("empty\nf.slice.00000\n");
      mount.remove("f.slice.00000");
      assertThat(FuseHost.run("ls", folder.toString()).output()).isEqualTo("empty\n");
    }
    assertThat(folder).doesNotExist();
    assertThat(base).isEmptyDirectory();
  }

  @Test
  void add_twice_staysUntilBothHoldersLetGo() throws IOException {
    try (SliceMount mount = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
      Path slice = mount.add("a", source, 0, 3);
      mount.add("a", source, 0, 3);
      mount.remove("a");
      assertThat(slice).hasContent("012");
      mount.remove("a");
      assertThat(slice).doesNotExist();
    }
  }

  @Test
  void create_twiceUnderOneBase_eachLivesAndEndsAlone() throws IOException {
    try (SliceMount first = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
      Path slice = first.add("a", source, 0, 3);
      try (SliceMount second = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
        assertThat(second.add("a", source, 3, 3)).hasContent("345");
        assertThat(slice).hasContent("012");
      }
      assertThat(slice).hasContent("012");
    }
    assertThat(base).isEmptyDirectory();
  }

  @Test
  void add_otherSliceUnderATakenName_isRefusedAndTheFirstStays() throws IOException {
    try (SliceMount mount = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
      Path slice = mount.add("a", source, 0, 3);
      assertThatThrownBy(() -> mount.add("a", source, 1, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is shown under that name");
      assertThat(slice).hasContent("012");
    }
  }

  @Test
  void add_sourceInTheMount_isRefused() throws IOException {
    try (SliceMount mount = SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO))) {
      assertThatThrownBy(() -> mount.add("a", mount.folder().resolve("b"), 0, 1))
          .hasMessageContaining("lies in the mount itself");
    }
  }

  @Test
  void create_emptyFolderOfADeadProcess_isRemovedAndOthersStay() throws IOException {
    // Process numbers end at 2^22 on Linux.
    Path dead = Files.createDirectories(base.resolve("syncmate-9999999999-0000abcd"));
    Path alive = Files.createDirectory(base.resolve("syncmate-1-0000abcd"));
    Path full = Files.createDirectory(base.resolve("syncmate-9999999998-0000abcd"));
    Files.writeString(full.resolve("precious"), "x");
    SliceMount.create(base, new FuseMountFactory(FuseVersion.AUTO)).close();
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
    assertThat(full.resolve("precious")).exists();
  }
}
