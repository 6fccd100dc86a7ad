// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemsTest {
  @TempDir Path folder;

  @Test
  void existing_isThePathOrWhatIsAboveIt() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(FileSystems.existing(file)).isEqualTo(file);
    assertThat(FileSystems.existing(folder.resolve("not/yet/../there"))).isEqualTo(folder);
    assertThat(FileSystems.existing(Path.of("/"))).isEqualTo(Path.of("/"));
  }

  @Test
  void inode_isTheFilesWhateverItsName() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    long inode = FileSystems.inode(file);
    Path moved = Files.move(file, folder.resolve("moved"));
    assertThat(FileSystems.inode(moved)).isEqualTo(inode);
    assertThat(FileSystems.inode(file)).isEqualTo(-1);
    Path link = Files.createSymbolicLink(file, moved);
    assertThat(FileSystems.inode(link)).isNotEqualTo(inode);
    assertThat(FileSystems.device(moved)).isEqualTo(FileSystems.device(folder));
  }

  @Test
  void usableBytes_whereThereIsNoRoomAtAll_cantBeFoundOut() {
    assertThatThrownBy(() -> FileSystems.usableBytes(Path.of("/proc")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/proc");
  }

  @Test
  void freeSpace_ofAFolderToBe_isThatAboveIt() throws IOException {
    assertThat(FreeSpace.bytes(folder.resolve("not/yet"))).isPositive();
    FreeSpace.require("file f", folder.resolve("not/yet"), 1);
    assertThatThrownBy(() -> FreeSpace.require("file f", folder, Long.MAX_VALUE))
        .hasMessageContaining("file f")
        .hasMessageContaining("expected: >= " + Long.MAX_VALUE)
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_SPACE));
  }
}
