// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import dev.syncmate.agent.slice.DigestedSlice;
import dev.syncmate.agent.slice.SliceSink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacingIT {
  @TempDir Path given;
  private Path root;
  private final List<Path> mounts = new ArrayList<>();

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(given.toRealPath().resolve("root"));
  }

  @AfterEach
  void unmount() throws Exception {
    for (Path mount : mounts) {
      assertThat(run("umount", mount.toString())).isZero();
    }
  }

  @Test
  void place_killedInMidAppend_nextProcessFinishes() throws Exception {
    PlacingBench bench =
        PlacingBench.append(root, PlacingChild.OLD, PlacingChild.SIZE).receiveAll();
    Process child = start("append");
    kill(child);
    assertThat(Files.size(bench.target)).isBetween((long) PlacingChild.OLD + 1, 4_999_999L);
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_otherProcessStillWrites_isBusyUntilItDies() throws Exception {
    PlacingBench bench =
        PlacingBench.append(root, PlacingChild.OLD, PlacingChild.SIZE).receiveAll();
    Process child = start("write");
    TransferException busy = bench.failure();
    assertThat(busy.reason()).isEqualTo(Reason.STAGING_BUSY);
    assertThat(busy.disposition()).isEqualTo(Disposition.RETRY);
    bench.assertTarget(bench.old());
    kill(child);
    assertThat(bench.failure().reason()).isEqualTo(Reason.STAGING_LOST);
    bench.assertTarget(bench.old());
    bench.receive("s2", bench.slices.get(0));
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void write_diskFull_saysSoAndGoesOnOnceThereIsSpace() throws Exception {
    mountSmall(root);
    PlacingBench bench = PlacingBench.full(root, 4_000_000);
    DigestedSlice slice = bench.slices.get(0);
    bench.staging("s1").sink(bench.transfer(), slice.range());
    Path filler = fill(root);
    assertThatThrownBy(() -> writeOnce(bench, slice))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
              assertThat(e.disposition()).isEqualTo(Disposition.RETRY);
            });
    Files.delete(filler);
    bench.receiveAll().place();
    bench.forget();
    assertThat(bench.target).hasBinaryContent(bench.content);
  }

  @Test
  void place_diskFullInMidAppend_targetIsCutBack() throws Exception {
    mountSmall(root);
    PlacingBench bench = PlacingBench.append(root, 1_000_000, 5_000_000);
    bench.cacheDir = Files.createDirectory(given.toRealPath().resolve("cache"));
    bench.receiveAll();
    Path filler = root.resolve("filler");
    bench.steps =
        step -> {
          if (step == PlacingStep.CHUNK_WRITTEN && !Files.exists(filler)) {
            fillQuietly();
          }
        };
    assertThat(bench.failure().reason()).isEqualTo(Reason.NO_SPACE);
    bench.assertTarget(bench.old());
    Files.delete(filler);
    bench.placeAgain();
    bench.assertTarget(bench.content);
  }

  @Test
  void place_copyDoesNotFit_leavesTheOldFile() throws Exception {
    mountSmall(root);
    PlacingBench bench = PlacingBench.full(root, 4_000_000);
    bench.cacheDir = Files.createDirectory(given.toRealPath().resolve("cache"));
    bench.receiveAll();
    Files.writeString(bench.target, "old content");
    Path filler = fill(root);
    assertThat(bench.failure().reason()).isEqualTo(Reason.NO_SPACE);
    assertThat(bench.target).hasContent("old content");
    Files.delete(filler);
    bench.place();
    bench.assertTarget(bench.content);
  }

  private static void writeOnce(PlacingBench bench, DigestedSlice slice) throws IOException {
    try (SliceSink.Writer writer =
        bench.staging("s1").sink(bench.transfer(), slice.range()).open()) {
      writer.write(ByteBuffer.wrap(bench.content, 0, (int) slice.range().lengthBytes()));
      writer.finish();
    }
  }

  private Process start(String what) throws IOException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PlacingChild.class.getName(),
                what,
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    while (line != null && !line.equals("ready")) {
      line = out.readLine();
    }
    assertThat(line).as("what the child says").isEqualTo("ready");
    return child;
  }

  private static void kill(Process child) throws InterruptedException {
    child.destroyForcibly();
    child.waitFor();
  }

  private void mountSmall(Path folder) throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.toString()) == 0,
        "needs to be root to mount a small disk");
    mounts.add(folder);
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private void fillQuietly() {
    try {
      fill(root);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves room for journals, not for slices. */
  private static Path fill(Path folder) throws IOException {
    Path filler = folder.resolve("filler");
    long free = Files.getFileStore(folder).getUsableSpace();
    return Files.write(filler, new byte[(int) free - 200_000]);
  }
}
