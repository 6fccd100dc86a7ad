// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.SliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvedSourceTest {
  @TempDir Path dir;

  @Test
  void finish_fileJustWritten_readsItAgainAndIsFine() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "0123456789");
    assertThat(pass(file, () -> {})).isEqualTo("345");
  }

  @Test
  void finish_grewMeanwhile_readsItAgainAndIsFine() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "0123456789");
    assertThat(pass(file, () -> Files.writeString(file, "more", StandardOpenOption.APPEND)))
        .isEqualTo("345");
  }

  @Test
  void finish_rewrittenAndTimePutBack_isChanged() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "0123456789");
    FileTime time = Files.getLastModifiedTime(file);
    TransferException refusal =
        catchThrowableOfType(
            TransferException.class,
            () ->
                pass(
                    file,
                    () -> {
                      Files.writeString(file, "abcdefghij", StandardOpenOption.WRITE);
                      Files.setLastModifiedTime(file, time);
                    }));
    assertThat(refusal.reason()).isEqualTo(Reason.SOURCE_CHANGED);
  }

  private interface Change {
    void make() throws IOException;
  }

  /** Reads bytes 3 to 5; the change comes before the last of them is asked for. */
  private static String pass(Path file, Change change) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(10).limit(2);
    try (SliceSource.Reader reader = new ProvedSource(new FileSliceSource(file, 3, 3)).open()) {
      assertThat(reader.read(buffer)).isEqualTo(2);
      change.make();
      buffer.limit(10);
      reader.read(buffer);
      reader.finish();
    }
    return new String(
        buffer.array(), 0, buffer.position(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
