// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.slice.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.LocalErrors;
import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSliceSinkTest {
  @TempDir Path dir;

  @Test
  void write_existingFile_touchesOnlyTheSlice() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "0123456789");
    try (SliceSink.Writer writer = new FileSliceSink(file, 3, 4).open()) {
      writer.write(bytes("ab"));
      writer.write(bytes("cd"));
      writer.finish();
    }
    assertThat(file).hasContent("012abcd789");
  }

  @Test
  void write_noFile_makesItWithAHole() throws IOException {
    Path file = dir.resolve("f");
    try (SliceSink.Writer writer = new FileSliceSink(file, 2, 1).open()) {
      writer.write(bytes("x"));
      writer.finish();
    }
    assertThat(file).hasBinaryContent(new byte[] {0, 0, 'x'});
  }

  @Test
  void open_again_writesFromTheFirstByte() throws IOException {
    Path file = dir.resolve("f");
    SliceSink sink = new FileSliceSink(file, 0, 3);
    try (SliceSink.Writer cut = sink.open()) {
      cut.write(bytes("xx"));
    }
    try (SliceSink.Writer whole = sink.open()) {
      whole.write(bytes("abc"));
      whole.finish();
    }
    assertThat(file).hasContent("abc");
  }

  @Test
  void write_moreThanTheSlice_isABadObjectAndWritesNothing() throws IOException {
    Path file = Files.writeString(dir.resolve("f"), "0123");
    try (SliceSink.Writer writer = new FileSliceSink(file, 0, 2).open()) {
      bad(() -> writer.write(bytes("abc")));
    }
    assertThat(file).hasContent("0123");
  }

  @Test
  void finish_fewerThanTheSlice_isABadObject() throws IOException {
    try (SliceSink.Writer writer = new FileSliceSink(dir.resolve("f"), 0, 2).open()) {
      writer.write(bytes("a"));
      bad(writer::finish);
    }
  }

  @Test
  void writing_diskFullOrQuota_isNoSpace() {
    for (String text : new String[] {"No space left on device", "Disk quota exceeded"}) {
      TransferException error = LocalErrors.writing("f", new IOException(text));
      assertThat(error.reason()).isEqualTo("no_space");
      assertThat(error.disposition()).isEqualTo(Disposition.RETRY);
    }
    assertThat(LocalErrors.writing("f", new IOException()).reason()).isEqualTo("write_failed");
  }

  private static void bad(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    TransferException error = catchThrowableOfType(TransferException.class, call);
    assertThat(error.disposition()).isEqualTo(Disposition.RESEND);
    assertThat(error.reason()).isEqualTo("object_bad");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
