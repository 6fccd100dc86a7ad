// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.placing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.syncmate.agent.disk.FileMetadata;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.testing.SparseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a placed file has besides its bytes. */
class PlacedMetadataTest {
  private static final int SIZE = 4_000_000;
  private static final int GROUP = 65_533;
  @TempDir Path given;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(given.toRealPath().resolve("root"));
  }

  @Test
  void place_newFile_hasThePermissionsAndTimeOfItsSource() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.sourceMetadata = new FileMetadata(04751, 1_234_567_890_123_456_789L);
    bench.place();
    bench.assertPlaced();
    assertThat(permissions(bench.target)).isEqualTo("rwxr-x--x");
    assertThat(Files.getLastModifiedTime(bench.target).to(TimeUnit.NANOSECONDS))
        .isEqualTo(1_234_567_890_123_456_789L);
    bench.placeAgain();
  }

  @Test
  void place_newFileNotPreserved_isLikeAnyThatIsMadeThere() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.sourceMetadata = new FileMetadata(0751, 1_234_567_890_123_456_789L);
    bench.preserves = false;
    bench.place();
    Path like = Files.createFile(root.resolve("like"));
    assertThat(permissions(bench.target)).isEqualTo(permissions(like));
    assertThat(Files.getLastModifiedTime(bench.target).to(TimeUnit.NANOSECONDS))
        .isNotEqualTo(1_234_567_890_123_456_789L);
  }

  @Test
  void place_replacedFile_keepsItsOwnPermissionsWhateverTheSourceHas() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    bench.sourceMetadata = new FileMetadata(0777, 1);
    Files.writeString(bench.target, "old content");
    Files.setPosixFilePermissions(bench.target, PosixFilePermissions.fromString("rw-r-----"));
    bench.place();
    assertThat(permissions(bench.target)).isEqualTo("rw-r-----");
  }

  @Test
  void receive_targetOfFewRights_isStagedWithNoMore() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE);
    Files.writeString(bench.target, "secret");
    Files.setPosixFilePermissions(bench.target, PosixFilePermissions.fromString("rw-------"));
    bench.receiveAll();
    assertThat(permissions(bench.part())).isEqualTo("rw-------");
  }

  @Test
  void place_rightsAreTakenAtTheLastMoment_areNotGivenAgain() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "as planned");
    bench.targetDigest = PlacingBench.digest("as planned".getBytes(UTF_8));
    bench.steps =
        step -> {
          if (step == PlacingStep.RENAME_RECORDED) {
            chmod(bench.target, "rw-------");
          }
        };
    bench.place();
    assertThat(permissions(bench.target)).isEqualTo("rw-------");
  }

  @Test
  void place_cacheDirAndFolderThatHandsItsGroupDown_hasThatGroup() throws IOException {
    assumeTrue(isRoot(), "needs to be root to give folders away");
    Files.setAttribute(root, "unix:gid", GROUP);
    Files.setAttribute(root, "unix:mode", 02775);
    PlacingBench bench = PlacingBench.full(root, SIZE);
    bench.cacheDir = Files.createDirectory(given.toRealPath().resolve("cache"));
    bench.receiveAll().place();
    bench.assertPlaced();
    assertThat(Files.getAttribute(bench.target, "unix:gid")).isEqualTo(GROUP);
    bench.forget();
    assertThat(root.toFile().list()).containsExactly("blob_1.bin");
  }

  @Test
  void place_targetOfAnotherSizeThanPlannedAndNoDigest_isKept() throws IOException {
    PlacingBench bench = PlacingBench.full(root, SIZE).receiveAll();
    Files.writeString(bench.target, "somebody's");
    bench.targetSize = 9L;
    assertThat(bench.failure())
        .hasMessageContaining("9 bytes")
        .extracting("reason")
        .isEqualTo(Reason.TARGET_CHANGED);
    bench.targetSize = 10L;
    bench.place();
    bench.assertPlaced();
  }

  @Test
  void place_fileWithHoles_hasThemAtTheTargetToo() throws IOException {
    PlacingBench bench = PlacingBench.full(root, 8_000_000);
    hollow(bench, 100_000, 7_900_000);
    bench.receiveAll().place();
    bench.assertPlaced();
    assertThat(SparseFiles.allocatedBytes(bench.target)).isLessThan(1_000_000);
  }

  @Test
  void place_tailWithHoles_hasThemAtTheTargetToo() throws IOException {
    PlacingBench bench = PlacingBench.append(root, 100_000, 8_100_000);
    hollow(bench, 100_001, 8_100_000);
    bench.receiveAll().place();
    bench.assertPlaced();
    assertThat(SparseFiles.allocatedBytes(bench.target)).isLessThan(2_000_000);
  }

  private static void hollow(PlacingBench bench, int from, int to) {
    Arrays.fill(bench.content, from, to, (byte) 0);
    bench.sourceDigest = PlacingBench.digest(bench.content);
    bench.slices.clear();
    bench.cut();
  }

  private static void chmod(Path file, String permissions) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isRoot() throws IOException {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
