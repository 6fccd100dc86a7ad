// SPDX-License-Identifier: Apache-2.0
package dev.syncmate.agent.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.syncmate.agent.testing.Acl;
import dev.syncmate.agent.testing.AgentProcess;
import dev.syncmate.agent.testing.Linux;
import dev.syncmate.agent.testing.SparseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What placed files have besides their bytes: docs/semantics.md. */
class PlacedMetadataIT {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Path OTHER_FILE_SYSTEM = Path.of("/dev/shm");
  private static final String ACL = "system.posix_acl_access";
  private static final FileTime TIME = FileTime.from(Instant.parse("2020-02-03T04:05:06.789Z"));
  private static final int USER = 65_534;
  private static final int GROUP = 65_533;
  @TempDir Path folder;
  private GenericPair pair;

  @BeforeEach
  void makeFolders() throws IOException {
    pair = new GenericPair(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"beside", "cache", "other"})
  void job_replacedFile_keepsOwnerGroupAclAndAttributes(String staging) throws Exception {
    pair.write(pair.src.resolve("file"), 1_500_000);
    Path target = pair.dst.resolve("file");
    pair.write(target, 1_000);
    assumeTrue(
        Linux.setAttribute(target, ACL, Acl.readableBy(USER))
            && Linux.setAttribute(target, "user.kept", "yes".getBytes(UTF_8)),
        "needs a temporary folder whose file system has ACLs and attributes");
    boolean isRoot = isRoot();
    if (isRoot) {
      Files.setAttribute(target, "unix:uid", USER);
      Files.setAttribute(target, "unix:gid", GROUP);
    }
    transfer(cacheOptions(staging));

    assertThat(target).hasSameBinaryContentAs(pair.src.resolve("file"));
    assertThat(Linux.attribute(target, ACL)).isEqualTo(Acl.readableBy(USER));
    assertThat(Linux.attribute(target, "user.kept")).asString(UTF_8).isEqualTo("yes");
    assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(isRoot ? USER : ownUid());
    if (isRoot) {
      assertThat(Files.getAttribute(target, "unix:gid")).isEqualTo(GROUP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"beside", "cache", "other"})
  void job_newFileInAFolderThatHandsItsGroupDown_hasThatGroup(String staging) throws Exception {
    assumeTrue(isRoot(), "needs to be root to give folders away");
    Path shared = Files.createDirectory(pair.dst.resolve("shared"));
    Files.setAttribute(shared, "unix:gid", GROUP);
    Files.setAttribute(shared, "unix:mode", 02775);
    pair.write(pair.src.resolve("shared/new"), 1_500_000);
    transfer(cacheOptions(staging));
    assertThat(Files.getAttribute(shared.resolve("new"), "unix:gid")).isEqualTo(GROUP);
  }

  @Test
  void job_newFiles_haveModeTimeHolesAndNamesOfTheirSources() throws Exception {
    String longest = "n".repeat(251) + ".tch";
    Path named = pair.src.resolve(longest);
    pair.write(named, 1_100_000);
    byte[] hollow = new byte[6_000_000];
    hollow[5] = 1;
    GenericPair.put(pair.src.resolve("hollow"), hollow);
    for (String name : List.of(longest, "hollow")) {
      Files.setPosixFilePermissions(
          pair.src.resolve(name), PosixFilePermissions.fromString("rw-r----x"));
      Files.setLastModifiedTime(pair.src.resolve(name), TIME);
    }
    transfer(List.of());
    for (String name : List.of(longest, "hollow")) {
      Path target = pair.dst.resolve(name);
      assertThat(target).hasSameBinaryContentAs(pair.src.resolve(name));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
          .isEqualTo("rw-r----x");
      assertThat(Files.getLastModifiedTime(target)).isEqualTo(TIME);
    }
    assertThat(SparseFiles.allocatedBytes(pair.dst.resolve("hollow"))).isLessThan(1_000_000);
  }

  @Test
  void recvNoPreserve_newFile_isLikeAnyThatIsMadeThere() throws Exception {
    Path source = pair.src.resolve("file");
    pair.write(source, 1_000);
    Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r----x"));
    Files.setLastModifiedTime(source, TIME);
    transfer(List.of("--no-preserve"));
    Path like = Files.createFile(folder.resolve("like"));
    assertThat(Files.getPosixFilePermissions(pair.dst.resolve("file")))
        .isEqualTo(Files.getPosixFilePermissions(like));
    assertThat(Files.getLastModifiedTime(pair.dst.resolve("file"))).isGreaterThan(TIME);
  }

  private void transfer(List<String> recvOptions) throws Exception {
    List<String> profiles = pair.profiles();
    try (Cluster cluster = Cluster.start(folder, LEASE)) {
      AgentProcess sender = cluster.sender("sender", pair.src, GenericPair.args("send", profiles));
      List<String> args = new ArrayList<>(GenericPair.args("recv", profiles));
      args.addAll(recvOptions);
      AgentProcess receiver = cluster.receiver("receiver", args);
      Cluster.assertEnds(sender, 0);
      Cluster.assertEnds(receiver, 0);
    } finally {
      deleteCaches();
    }
    try (Stream<Path> left = Files.walk(pair.dst)) {
      assertThat(left.filter(Files::isRegularFile))
          .as("no staging is left but for the folder's id")
          .noneMatch(
              path -> path.toString().contains(".syncmate-staging") && !path.endsWith("domain"));
    }
  }

  private final List<Path> caches = new ArrayList<>();

  private List<String> cacheOptions(String staging) throws IOException {
    if (staging.equals("beside")) {
      return List.of();
    }
    boolean isOther = staging.equals("other");
    assumeTrue(
        !isOther || Files.isWritable(OTHER_FILE_SYSTEM), OTHER_FILE_SYSTEM + " is not there");
    Path base = isOther ? OTHER_FILE_SYSTEM : folder;
    Path cache = Files.createTempDirectory(base, "syncmate-cache");
    caches.add(cache);
    return List.of("--cache-dir", cache.toString());
  }

  private void deleteCaches() throws IOException {
    for (Path cache : caches) {
      try (Stream<Path> files = Files.walk(cache)) {
        files.sorted(Collections.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private static Object ownUid() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static boolean isRoot() throws IOException {
    return Integer.valueOf(0).equals(ownUid());
  }
}
