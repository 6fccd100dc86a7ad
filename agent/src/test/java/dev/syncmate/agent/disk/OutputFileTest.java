// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path folder;

  @Test
  void replace_linkedFile_isReplacedWhereItLies() throws IOException {
    Path real = Files.writeString(Files.createDirectory(folder.resolve("real")).resolve("f"), "a");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    OutputFile.replace(link, out -> out.write("é\n"));
    assertThat(Files.readString(real)).isEqualTo("é\n");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(real.getParent().toFile().list()).containsExactly("f");
  }

  @Test
  void replace_device_isWrittenTo() throws IOException {
    OutputFile.replace(Path.of("/dev/null"), out -> out.write("text"));
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }

  @Test
  void replace_contentFails_keepsTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("f"), "old");
    assertThatThrownBy(
            () ->
                OutputFile.replace(
                    file,
                    out -> {
                      out.write("ne");
                      throw new IOException("no more");
                    }))
        .hasMessage("no more");
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("f");
  }
}
