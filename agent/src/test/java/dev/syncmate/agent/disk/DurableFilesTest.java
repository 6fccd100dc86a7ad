// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  @TempDir Path folder;

  @Test
  void createFolders_makesThoseThatAreMissing() throws IOException {
    Path deep = folder.resolve("a/b/c");
    DurableFiles.createFolders(deep);
    DurableFiles.createFolders(deep);
    assertThat(deep).isDirectory();
  }

  @Test
  void createFolders_linkToAFolder_isOne() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    DurableFiles.createFolders(link.resolve("below"));
    assertThat(real.resolve("below")).isDirectory();
  }

  @Test
  void createFolders_fileInTheWay_isAnError() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> DurableFiles.createFolders(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void removeIfEmpty_keepsWhatIsNot() throws IOException {
    Path full = Files.createDirectories(folder.resolve("full/empty")).getParent();
    DurableFiles.removeIfEmpty(full);
    assertThat(full).isDirectory();
    DurableFiles.removeIfEmpty(full.resolve("empty"));
    DurableFiles.removeIfEmpty(full.resolve("empty"));
    DurableFiles.removeIfEmpty(full);
    assertThat(full).doesNotExist();
  }

  @Test
  void forceFile_thatMayNotBeWritten_works() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    assertThatCode(() -> DurableFiles.forceFile(file)).doesNotThrowAnyException();
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> DurableFiles.forceFile(link)).isInstanceOf(IOException.class);
  }

  @Test
  void forceFolder_thatIsNotThere_isAnError() throws IOException {
    DurableFiles.forceFolder(folder);
    assertThatThrownBy(() -> DurableFiles.forceFolder(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }
}
