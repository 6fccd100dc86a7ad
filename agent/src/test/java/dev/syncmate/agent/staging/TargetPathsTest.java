// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.syncmate.agent.failure.Disposition;
import dev.syncmate.agent.failure.Reason;
import dev.syncmate.agent.failure.TransferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPathsTest {
  @TempDir Path given;
  private Path base;
  private Path root;
  private Path dest;
  private Path outside;
  private TargetPaths paths;

  @BeforeEach
  void makeRoots() throws IOException {
    base = given.toRealPath();
    root = Files.createDirectory(base.resolve("root"));
    outside = Files.createDirectory(base.resolve("outside"));
    dest = base.resolve("dest");
    paths =
        new TargetPaths(
            new TargetConfig(
                dest,
                List.of(root),
                path -> Path.of(path.replaceFirst("^/da5_data/", root + "/"))));
  }

  @Test
  void target_unknownPath_isBelowDestDir() {
    assertThat(paths.target(unknown("gz", "a_1.s"))).isEqualTo(dest.resolve("gz/a_1.s"));
  }

  @Test
  void target_knownPath_isMapped() {
    assertThat(paths.target(known("/da5_data/All.blobs/blob_1.bin")))
        .isEqualTo(root.resolve("All.blobs/blob_1.bin"));
  }

  @Test
  void target_noDestDir_isForAnotherHost() {
    TargetPaths none =
        new TargetPaths(new TargetConfig(null, List.of(root), path -> Path.of(path)));
    assertThatThrownBy(() -> none.target(unknown("gz", "a")))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.TARGET_UNAVAILABLE);
              assertThat(e.disposition()).isEqualTo(Disposition.OTHER_HOST);
            });
  }

  @Test
  void target_outsideRoots_namesPathAndRoots() {
    assertThatThrownBy(() -> paths.target(known("/etc/passwd")))
        .hasMessageContaining("/etc/passwd")
        .hasMessageContaining(root.toString())
        .isInstanceOfSatisfying(TransferException.class, TargetPathsTest::isRefused);
  }

  @Test
  void target_rootWithSamePrefix_isOutside() {
    refused(known(root + "2/file"));
    refused(known(root.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/da5_data/../x",
        "/da5_data/a/../../x",
        "/da5_data/./x",
        "/da5_data/a\0b",
        "/da5_data/a\nb",
        "/da5_data/.syncmate-staging/x.part",
        "/da5_data/dir/",
        "da5_data/x",
        "",
        "/"
      })
  void target_hostilePath_isRefused(String path) {
    refused(known(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", ".", "", "a/b", "../../x", "a\0b", "\u001b[2J", ".syncmate-staging"})
  void target_hostileName_isRefused(String name) {
    refused(unknown("gz", name));
    refused(unknown(name, "file"));
  }

  @Test
  void target_nameTooLong_isRefused() {
    refused(unknown("gz", "x".repeat(256)));
  }

  @Test
  void target_mapperLeavesRoots_isRefused() {
    TargetPaths bad =
        new TargetPaths(
            new TargetConfig(null, List.of(root), path -> root.resolve("../outside/x")));
    assertThatThrownBy(() -> bad.target(known("/x")))
        .isInstanceOfSatisfying(TransferException.class, TargetPathsTest::isRefused);
  }

  @Test
  void target_folderIsSymlinkOutside_isRefused() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), outside);
    refused(known("/da5_data/link/x"));
    refused(known("/da5_data/link/new/x"));
  }

  @Test
  void target_folderIsSymlinkInside_isResolved() throws IOException {
    Path real = Files.createDirectory(root.resolve("real"));
    Files.createSymbolicLink(root.resolve("link"), real);
    assertThat(paths.target(known("/da5_data/link/x"))).isEqualTo(real.resolve("x"));
  }

  @Test
  void target_rootIsSymlinkItself_works() throws IOException {
    Path link = Files.createSymbolicLink(base.resolve("rootlink"), root);
    TargetPaths linked =
        new TargetPaths(new TargetConfig(null, List.of(link), path -> Path.of(path)));
    assertThat(linked.target(known(link + "/x"))).isEqualTo(root.resolve("x"));
  }

  @Test
  void target_fileIsSymlinkOutside_isRefused() throws IOException {
    Path victim = Files.writeString(outside.resolve("victim"), "x");
    Files.createSymbolicLink(root.resolve("x"), victim);
    refused(known("/da5_data/x"));
  }

  @Test
  void target_fileIsSymlinkInside_standsForTheFile() throws IOException {
    Path real = Files.writeString(root.resolve("real"), "x");
    Files.createSymbolicLink(root.resolve("x"), real);
    assertThat(paths.target(known("/da5_data/x"))).isEqualTo(real);
  }

  @Test
  void target_danglingOrLoopingSymlink_isRefused() throws IOException {
    Files.createSymbolicLink(root.resolve("x"), root.resolve("nothing"));
    Files.createSymbolicLink(root.resolve("loop"), root.resolve("loop"));
    refused(known("/da5_data/x"));
    refused(known("/da5_data/loop"));
    refused(known("/da5_data/loop/x"));
  }

  @Test
  void target_folderOrFileInTheWay_isRefused() throws IOException {
    Files.createDirectory(root.resolve("dir"));
    Files.writeString(root.resolve("file"), "x");
    refused(known("/da5_data/dir"));
    refused(known("/da5_data/file/x"));
  }

  @Test
  void target_specialFile_isRefused() {
    TargetPaths device =
        new TargetPaths(new TargetConfig(null, List.of(Path.of("/dev")), path -> Path.of(path)));
    assertThatThrownBy(() -> device.target(known("/dev/null")))
        .isInstanceOfSatisfying(TransferException.class, TargetPathsTest::isRefused);
  }

  @Test
  void target_rootNotMounted_isForAnotherHost() {
    TargetPaths missing =
        new TargetPaths(new TargetConfig(null, List.of(base.resolve("no")), path -> Path.of(path)));
    assertThatThrownBy(() -> missing.target(known(base + "/no/x")))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> assertThat(e.disposition()).isEqualTo(Disposition.OTHER_HOST));
  }

  private void refused(PlannedTarget planned) {
    assertThatThrownBy(() -> paths.target(planned))
        .isInstanceOfSatisfying(TransferException.class, TargetPathsTest::isRefused);
  }

  private static void isRefused(TransferException e) {
    assertThat(e.reason()).isEqualTo(Reason.TARGET_REFUSED);
    assertThat(e.disposition()).isEqualTo(Disposition.FAIL_TASK);
  }

  private static PlannedTarget known(String path) {
    return new PlannedTarget(path, "gz", "name");
  }

  private static PlannedTarget unknown(String sub, String name) {
    return new PlannedTarget(null, sub, name);
  }
}
