// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderMarkTest {
  @TempDir Path folder;

  private Path mark() {
    return folder.resolve(".syncmate-staging/domain");
  }

  @Test
  void idOf_sameFolder_isTheSame_alsoByAnotherName() throws IOException {
    String id = FolderMark.idOf(folder);
    assertThat(id).matches("[0-9a-f]{32}");
    assertThat(mark()).hasContent(id);
    Path other = Files.createSymbolicLink(folder.resolve("elsewhere"), folder);
    assertThat(FolderMark.idOf(other)).isEqualTo(id);
  }

  @Test
  void idOf_anotherFolder_isAnother_andMadeWithIt() {
    Path missing = folder.resolve("new/copy");
    assertThat(FolderMark.idOf(missing)).isNotNull().isNotEqualTo(FolderMark.idOf(folder));
  }

  @Test
  void idOf_manyAtOnce_isOneAndNothingElseIsLeft() throws IOException {
    List<String> ids =
        IntStream.range(0, 64)
            .parallel()
            .mapToObj(i -> FolderMark.idOf(folder))
            .distinct()
            .toList();
    assertThat(ids).hasSize(1).doesNotContainNull();
    try (Stream<Path> left = Files.list(folder.resolve(".syncmate-staging"))) {
      assertThat(left).containsExactly(mark());
    }
  }

  @Test
  void idOf_whatIsNoId_isNoneAndStays() throws IOException {
    FolderMark.idOf(folder);
    for (String content : List.of("", "ab", "g".repeat(32), "a".repeat(33))) {
      Files.writeString(mark(), content);
      assertThat(FolderMark.idOf(folder)).isNull();
      assertThat(mark()).hasContent(content);
    }
  }

  @Test
  void idOf_symlinks_areNotFollowed() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Files.createSymbolicLink(copy.resolve(".syncmate-staging"), outside);
    assertThat(FolderMark.idOf(copy)).isNull();
    assertThat(outside).isEmptyDirectory();

    Files.delete(copy.resolve(".syncmate-staging"));
    Files.createDirectory(copy.resolve(".syncmate-staging"));
    Files.writeString(outside.resolve("id"), "a".repeat(32));
    Files.createSymbolicLink(copy.resolve(".syncmate-staging/domain"), outside.resolve("id"));
    assertThat(FolderMark.idOf(copy)).isNull();
  }
}
