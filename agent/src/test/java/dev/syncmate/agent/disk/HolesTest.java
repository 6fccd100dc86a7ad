// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.syncmate.agent.testing.SparseFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HolesTest {
  private static final int MIB = 1 << 20;
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(folder.resolve("file"));
  }

  @Test
  void writeFully_zerosBetweenData_takeNoRoom() throws IOException {
    byte[] content = new byte[8 * MIB];
    Arrays.fill(content, 100, 200, (byte) 7);
    content[5 * MIB] = 1;
    write(content, 0, content.length);
    assertThat(file).hasBinaryContent(content);
    assertThat(SparseFiles.allocatedBytes(file)).isLessThan(MIB / 2);
  }

  @Test
  void writeFully_zerosOverData_areWritten() throws IOException {
    byte[] content = new byte[3 * MIB];
    Arrays.fill(content, (byte) 7);
    write(content, 0, content.length);
    byte[] zeros = new byte[MIB + 1];
    write(zeros, 12_345, 0);
    System.arraycopy(zeros, 0, content, 12_345, zeros.length);
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void extend_longerFile_isLeft() throws IOException {
    write(new byte[] {1, 2, 3}, 0, 2);
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
    write(new byte[0], 0, 5);
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3, 0, 0});
  }

  private void write(byte[] bytes, long position, long lengthBytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      Holes.writeFully(channel, buffer, position);
      assertThat(buffer.hasRemaining()).isFalse();
      Holes.extend(channel, lengthBytes);
    }
  }
}
