// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.offsetfs.fuse.FuseHost;
import dev.syncmate.agent.offsetfs.fuse.FuseMountFactory;
import dev.syncmate.agent.slice.SliceSource;
import dev.syncmate.agent.slice.file.FileSliceSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The upload path through a send agent's own mount ({@code --slice-io mount}). */
class MountedSourceIT {
  private static final int OFFSET = 1_000;
  private static final int LENGTH = 2_500_000;

  @TempDir Path temp;
  private final byte[] content = new byte[OFFSET + LENGTH + 500];
  private Path source;
  private SliceMount mount;
  private FileSliceSource slice;

  @BeforeEach
  void prepare() throws IOException {
    FuseHost.assumeFuse();
    new Random(1).nextBytes(content);
    source = Files.write(temp.resolve("source"), content);
    mount = SliceMount.create(temp.resolve("base"), new FuseMountFactory(FuseVersion.AUTO));
    slice =
        new FileSliceSource(source, OFFSET, LENGTH)
            .through(mount.add("slice", source, OFFSET, LENGTH));
  }

  @AfterEach
  void unmount() {
    if (mount != null) {
      mount.close();
    }
  }

  @Test
  void pass_sourceGrowsMeanwhile_yieldsTheSliceAndIsNoChange() throws IOException {
    try (SliceSource.Reader reader = slice.open()) {
      ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
      assertThat(reader.read(bytes)).isPositive();
      Files.write(source, new byte[10], StandardOpenOption.APPEND);
      readRest(reader, bytes);
      assertThat(bytes.array()).isEqualTo(Arrays.copyOfRange(content, OFFSET, OFFSET + LENGTH));
      reader.finish();
    }
  }

  @Test
  void pass_sourceReplaced_isSourceChanged() throws IOException {
    try (SliceSource.Reader reader = slice.open()) {
      Files.delete(source);
      Files.write(source, content);
      readRest(reader, ByteBuffer.allocate(LENGTH));
      assertThatThrownBy(reader::finish).satisfies(MountedSourceIT::isSourceChanged);
    }
  }

  @Test
  void pass_sourceShrunk_isSourceChangedAndNoShortSlice() throws IOException {
    try (SliceSource.Reader reader = slice.open()) {
      Files.write(source, Arrays.copyOf(content, OFFSET + 10));
      assertThatThrownBy(() -> readRest(reader, ByteBuffer.allocate(LENGTH)))
          .satisfies(MountedSourceIT::isSourceChanged);
    }
  }

  @Test
  void open_mountIsGone_readsTheFile() throws IOException {
    mount.close();
    try (SliceSource.Reader reader = slice.open()) {
      ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
      readRest(reader, bytes);
      assertThat(bytes.array()).isEqualTo(Arrays.copyOfRange(content, OFFSET, OFFSET + LENGTH));
      reader.finish();
    }
  }

  private static void readRest(SliceSource.Reader reader, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      assertThat(reader.read(bytes)).isPositive();
    }
    assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
  }

  private static void isSourceChanged(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            TransferException.class, e -> assertThat(e.reason()).isEqualTo(Reason.SOURCE_CHANGED));
  }
}
