// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFolderTest {
  @TempDir Path given;
  private Path folder;
  private Path outside;

  @BeforeEach
  void makeFolders() throws IOException {
    folder = Files.createDirectories(given.toRealPath().resolve("roots/a/b"));
    outside = Files.createDirectory(given.toRealPath().resolve("outside"));
  }

  @Test
  void path_namesAboveItWereReplacedByALink_leadsToTheFolderStill() throws IOException {
    try (OpenFolder open = OpenFolder.of(folder)) {
      assertThat(open.isInPlace()).isTrue();
      swap(folder.getParent());
      Files.writeString(open.path().resolve("file"), "here");
      assertThat(open.isInPlace()).isFalse();
    }
    assertThat(outside).isEmptyDirectory();
    assertThat(given.resolve("roots/a.moved/b/file")).hasContent("here");
  }

  @Test
  void of_aLinkOnTheWay_isRefused() throws IOException {
    swap(folder.getParent());
    Files.createDirectory(outside.resolve("b"));
    assertThatThrownBy(() -> OpenFolder.of(folder)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> OpenFolder.create(folder.resolve("new")))
        .isInstanceOf(NotDirectoryException.class);
    assertThat(outside.resolve("b")).isEmptyDirectory();
  }

  @Test
  void create_folderThatIsAbsent_isMadeWithThoseAboveIt() throws IOException {
    Path fresh = folder.resolve("c/é");
    assertThatThrownBy(() -> OpenFolder.of(fresh)).isInstanceOf(NoSuchFileException.class);
    try (OpenFolder made = OpenFolder.create(fresh)) {
      assertThat(made.isInPlace()).isTrue();
    }
    OpenFolder.create(fresh).close();
    assertThat(fresh).isEmptyDirectory();
  }

  @Test
  void child_aLink_isRefusedAndNothingIsMadeBehindIt() throws IOException {
    try (OpenFolder open = OpenFolder.of(folder)) {
      assertThat(open.child("c")).isEmpty();
      Files.createSymbolicLink(folder.resolve("c"), outside);
      assertThatThrownBy(() -> open.child("c")).isInstanceOf(NotDirectoryException.class);
      assertThatThrownBy(() -> open.createChild("c")).isInstanceOf(NotDirectoryException.class);
    }
  }

  private void swap(Path name) throws IOException {
    Files.move(name, name.resolveSibling(name.getFileName() + ".moved"));
    Files.createSymbolicLink(name, outside);
  }
}
