// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetFsExerciserTest {
  private static final int OFFSET = 12_345;
  private static final int LENGTH = 60_000;
  private static final int BEHIND = 5_000;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void randomReadsAndWrites_10000_matchTheModel(boolean bounded) throws IOException {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    byte[] content = new byte[OFFSET + LENGTH + (bounded ? BEHIND : 0)];
    new Random(seed).nextBytes(content);
    Path source = Files.write(temp.resolve("source"), content);
    OffsetFs fs = new OffsetFs(Access.READ_WRITE);
    fs.add(new VirtualFile("a", source, OFFSET, bounded ? LENGTH : VirtualFile.TO_THE_END));
    byte[] slice = Arrays.copyOfRange(content, OFFSET, OFFSET + LENGTH);
    Exerciser exerciser = new Exerciser(seed, slice, bounded, 3 * LENGTH);

    try (OpenFile file = fs.open("a", OpenMode.READ_WRITE)) {
      exerciser.run(target(file), 10_000);
    }

    byte[] after = Files.readAllBytes(source);
    assertThat(Arrays.copyOf(after, OFFSET)).isEqualTo(Arrays.copyOf(content, OFFSET));
    int end = OFFSET + exerciser.expected().length;
    assertThat(Arrays.copyOfRange(after, OFFSET, end)).isEqualTo(exerciser.expected());
    assertThat(Arrays.copyOfRange(after, end, after.length))
        .isEqualTo(Arrays.copyOfRange(content, OFFSET + LENGTH, content.length));
  }

  private static Exerciser.Target target(OpenFile file) {
    return new Exerciser.Target() {
      @Override
      public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
      }

      @Override
      public int write(ByteBuffer from, long position) throws IOException {
        try {
          return file.write(from, position);
        } catch (ErrnoException full) {
          assertThat(full.errno()).isEqualTo(Errno.ENOSPC);
          return -1;
        }
      }
    };
  }
}
