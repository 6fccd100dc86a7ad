// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.offsetfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * Random reads and writes on a slice, compared with an array in memory after each step, in the
 * manner of fsx.
 */
public final class Exerciser {
  private static final int SPAN_MAX = 9_000;

  /** What is exercised: the logic, or the file over FUSE. */
  public interface Target {
    int read(ByteBuffer into, long position) throws IOException;

    /** Bytes written; -1 where there is no space left. */
    int write(ByteBuffer from, long position) throws IOException;
  }

  private final Random random;
  private final byte[] model;
  private final boolean bounded;
  private int size;

  /** A bounded slice is as long as its content; another may grow to {@code roomMax}. */
  public Exerciser(long seed, byte[] content, boolean bounded, int roomMax) {
    this.random = new Random(seed);
    this.bounded = bounded;
    this.model = Arrays.copyOf(content, bounded ? content.length : roomMax);
    this.size = content.length;
  }

  /** Runs that many steps. */
  public void run(Target target, int steps) throws IOException {
    for (int step = 0; step < steps; step++) {
      int position = random.nextInt(bounded ? size + 100 : Math.min(size + 100, model.length));
      int span = 1 + random.nextInt(SPAN_MAX);
      if (random.nextBoolean()) {
        read(target, position, span, "step " + step);
      } else {
        write(target, position, bounded ? span : Math.min(span, model.length - position), step);
      }
    }
  }

  /** What the slice must hold now. */
  public byte[] expected() {
    return Arrays.copyOf(model, size);
  }

  private void read(Target target, int position, int span, String step) throws IOException {
    ByteBuffer into = ByteBuffer.allocateDirect(span);
    int got = target.read(into, position);
    byte[] found = new byte[Math.max(0, got)];
    into.position(0).get(found);
    int from = Math.min(position, size);
    assertThat(found)
        .as("%s: read %d at %d", step, span, position)
        .isEqualTo(Arrays.copyOfRange(model, from, Math.min(size, from + span)));
  }

  private void write(Target target, int position, int span, int step) throws IOException {
    byte[] bytes = new byte[span];
    random.nextBytes(bytes);
    int fits = Math.min(span, Math.max(0, model.length - position));
    assertThat(target.write(ByteBuffer.wrap(bytes), position))
        .as("step %d: write %d at %d", step, span, position)
        .isEqualTo(fits == 0 ? -1 : fits);
    if (fits > 0) {
      System.arraycopy(bytes, 0, model, position, fits);
      size = Math.max(size, position + fits);
    }
  }
}
