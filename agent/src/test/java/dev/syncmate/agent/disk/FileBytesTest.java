// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileBytesTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.writeString(folder.resolve("file"), "0123456789");
  }

  private FileChannel shortChannel(long roomBytes) throws IOException {
    return new ShortChannel(
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE), roomBytes);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ByteBuffer filled) {
    return StandardCharsets.UTF_8.decode(filled.flip()).toString();
  }

  @Test
  @Timeout(10)
  void open_aLinkOrAPipe_isRefusedAtOnce() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    for (Path name : List.of(link, pipe, folder)) {
      assertThatThrownBy(() -> FileBytes.openToRead(name)).hasMessageContaining("not a regular");
      assertThatThrownBy(() -> FileBytes.openToWrite(name, (inode, links) -> {}))
          .hasMessageContaining("not a regular");
    }
  }

  @Test
  void openToWrite_otherFileGetsTheNameMeanwhile_opensTheOneThatWasLookedAt() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "untouched");
    FileBytes.Check swap =
        (inode, links) -> {
          assertThat(inode).isEqualTo(FileSystems.inode(file));
          assertThat(links).isOne();
          Files.move(file, folder.resolve("moved"));
          Files.createLink(file, other);
        };
    try (FileChannel channel = FileBytes.openToWrite(file, swap)) {
      FileBytes.writeFully(channel, bytes("X"), 0);
    }
    assertThat(other).hasContent("untouched");
    assertThat(folder.resolve("moved")).hasContent("X123456789");
  }

  @Test
  void readFully_shortReads_fillsTheBuffer() throws IOException {
    ByteBuffer into = ByteBuffer.allocate(8);
    try (FileChannel channel = shortChannel(0)) {
      assertThat(FileBytes.readFully(channel, into, 1)).isEqualTo(8);
    }
    assertThat(text(into)).isEqualTo("12345678");
  }

  @Test
  void readFully_bufferHoldsSomething_goesOnBehindIt() throws IOException {
    ByteBuffer into = ByteBuffer.allocate(8).put(bytes("ab"));
    try (FileChannel channel = shortChannel(0)) {
      assertThat(FileBytes.readFully(channel, into, 2)).isEqualTo(6);
    }
    assertThat(text(into)).isEqualTo("ab234567");
  }

  @Test
  void readFully_endOfFile_saysHowMuchThereWas() throws IOException {
    ByteBuffer into = ByteBuffer.allocate(8);
    try (FileChannel channel = shortChannel(0)) {
      assertThat(FileBytes.readFully(channel, into, 6)).isEqualTo(4);
      assertThat(FileBytes.readFully(channel, into, 10)).isZero();
      assertThat(FileBytes.readFully(channel, into, 99)).isZero();
    }
    assertThat(text(into)).isEqualTo("6789");
  }

  @Test
  void readFully_noRoom_readsNothing() throws IOException {
    try (FileChannel channel = shortChannel(0)) {
      assertThat(FileBytes.readFully(channel, ByteBuffer.allocate(0), 0)).isZero();
    }
  }

  @Test
  void writeFully_shortWrites_writesAllAtItsPlace() throws IOException {
    try (FileChannel channel = shortChannel(100)) {
      FileBytes.writeFully(channel, bytes("abcdefgh"), 1);
    }
    assertThat(file).hasContent("0abcdefgh9");
  }

  @Test
  void writeFully_withoutPlace_writesAllWhereTheChannelStands() throws IOException {
    try (FileChannel channel = shortChannel(100)) {
      FileBytes.writeFully(channel, bytes("abcde"));
      FileBytes.writeFully(channel, bytes("fgh"));
    }
    assertThat(file).hasContent("abcdefgh89");
  }

  @Test
  void writeFully_diskFull_leavesInTheBufferWhatWasNotWritten() throws IOException {
    ByteBuffer from = bytes("abcdefgh");
    try (FileChannel channel = shortChannel(5)) {
      assertThatThrownBy(() -> FileBytes.writeFully(channel, from, 0))
          .hasMessage("No space left on device");
    }
    assertThat(from.remaining()).isEqualTo(3);
    assertThat(file).hasContent("abcde56789");
  }

  @Test
  void openToRead_link_isNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> FileBytes.openToRead(link)).isInstanceOf(IOException.class);
    FileBytes.openToRead(file).close();
  }
}
