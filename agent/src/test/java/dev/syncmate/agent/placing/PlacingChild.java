// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import dev.syncmate.agent.slice.SliceSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Another agent, to be killed: stops in the middle of what it does and waits for the end. */
final class PlacingChild {
  static final int OLD = 1_234_567;
  static final int SIZE = 5_000_000;
  private static final int CHUNKS = 3;

  private PlacingChild() {}

  public static void main(String[] args) throws IOException {
    PlacingBench bench = PlacingBench.appendAsItIs(Path.of(args[1]), OLD, SIZE);
    if (args[0].equals("append")) {
      int[] chunks = {0};
      bench.steps =
          step -> {
            if (step == PlacingStep.CHUNK_WRITTEN && ++chunks[0] == CHUNKS) {
              stop();
            }
          };
      bench.place();
    } else {
      SliceSink sink = bench.staging("child").sink(bench.transfer(), bench.slices.get(0).range());
      SliceSink.Writer writer = sink.open();
      writer.write(ByteBuffer.wrap(new byte[700_000]));
      stop();
    }
  }

  private static void stop() {
    System.out.println("ready");
    try {
      // Ends with the parent at the latest, when it closes our standard input.
      while (System.in.read() >= 0) {
        continue;
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Runtime.getRuntime().halt(1);
  }
}
